using L4Proxy.Prefaces.Http;

namespace L4Proxy.Prefaces;

/// <summary>HTTP once more, for those who want to know what the first request asks for: it is read for them alone.</summary>
internal sealed class HttpRequestPreface() : PrefaceParser("http")
{
    public override bool IsForMore => true;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes) => HttpPreface.RecogniseHttp(bytes);

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content) =>
        bytes.StartsWith(Http2Head.Preface) ? Http2Head.Read(bytes, out content) : Http1Head.Read(bytes, out content);
}
