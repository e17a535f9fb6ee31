using System.Net;

namespace L4Proxy.Http;

/// <summary>
/// A body of which each part is sent as soon as it has come. .NET's client keeps what is less than 4 KiB until there is more, and YARP lets it, except for gRPC: who
/// waits for an answer to what he has sent so far would wait for ever.
/// </summary>
internal sealed class PromptContent : HttpContent
{
    private readonly HttpContent _content;

    public PromptContent(HttpContent content)
    {
        _content = content;
        foreach (var (name, values) in content.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _content.CopyToAsync(new PromptStream(stream), context, cancellationToken);

    // It comes while it is sent.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
