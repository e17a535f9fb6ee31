using L4Proxy.Prefaces.Http;

namespace L4Proxy.Prefaces;

/// <summary>Recognises HTTP/2 with prior knowledge by its connection preface (RFC 9113 section 3.4).</summary>
internal sealed class Http2Preface() : PrefaceParser("http2")
{
    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Http2Head.Preface))
            return PrefaceStatus.Found;
        return Http2Head.Preface.StartsWith(bytes) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
    }
}
