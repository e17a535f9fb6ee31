using System.Net;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Http;

/// <summary>
/// The body of an answer whose head goes to the client first where it is not there yet. YARP sends the head with the first part of the body: who opens a stream of
/// events would not know that it is open before the first one comes.
/// </summary>
internal sealed class EarlyHeadContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly HttpContext _context;

    private EarlyHeadContent(HttpContent content, HttpContext context)
    {
        (_content, _context) = (content, context);
        foreach (var (name, values) in content.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Puts it in the place of a body of unknown length. One of a known length comes at once, and what is no longer HTTP is left alone.</summary>
    public static void Replace(HttpResponseMessage response, HttpRequestMessage request, HttpContext context)
    {
        if (!response.Content.Headers.NonValidated.Contains("Content-Length") && response.StatusCode != HttpStatusCode.SwitchingProtocols && request.Method != HttpMethod.Connect)
            response.Content = new EarlyHeadContent(response.Content, context);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(default);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new EarlyHeadStream(await _content.ReadAsStreamAsync(cancellationToken), _context.Response);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _content.CopyToAsync(stream, context);

    // It comes while it is sent on.
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
