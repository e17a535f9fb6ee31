using System.Buffers;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a plaintext HTTP client by a request line of HTTP/1, or the connection preface of HTTP/2.</summary>
/// <remarks>
/// <code>
/// GET /index.html HTTP/1.1\r\n                 RFC 9112 section 3
/// PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n             RFC 9113 section 3.4
/// </code>
/// </remarks>
internal sealed class HttpPreface() : PrefaceParser("http")
{
    // The longest registered method, UPDATEREDIRECTREF, has 17.
    private const int MaxMethodLength = 32;

    // Of RFC 9110's token characters only those of registered methods, so that other text protocols are told apart soon.
    private static readonly SearchValues<byte> MethodBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"u8);

    private static ReadOnlySpan<byte> Version => "HTTP/1."u8;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes) => RecogniseHttp(bytes);

    /// <inheritdoc cref="Recognise"/>
    public static PrefaceStatus RecogniseHttp(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Http2Head.Preface))
            return PrefaceStatus.Found;
        if (Http2Head.Preface.StartsWith(bytes))
            return PrefaceStatus.NeedMore;
        return InspectRequestLine(bytes);
    }

    private static PrefaceStatus InspectRequestLine(ReadOnlySpan<byte> bytes)
    {
        // An empty line before the request is to be ignored (RFC 9112 section 2.2).
        if (bytes is [(byte)'\r'])
            return PrefaceStatus.NeedMore;
        if (bytes.StartsWith("\r\n"u8))
            bytes = bytes[2..];

        var method = bytes.IndexOfAnyExcept(MethodBytes);
        if (method < 0)
            return bytes.Length <= MaxMethodLength ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        if (method is 0 or > MaxMethodLength || bytes[method] != ' ')
            return PrefaceStatus.NotMine;

        var rest = bytes[(method + 1)..];
        var target = IndexOfBlankOrControl(rest);
        if (target < 0)
            return PrefaceStatus.NeedMore;
        if (target == 0 || rest[target] != ' ')
            return PrefaceStatus.NotMine;

        rest = rest[(target + 1)..];
        if (rest.StartsWith(Version))
            return PrefaceStatus.Found;
        return Version.StartsWith(rest) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
    }

    private static int IndexOfBlankOrControl(ReadOnlySpan<byte> bytes)
    {
        var index = bytes.IndexOfAnyInRange((byte)0, (byte)' ');
        var delete = (index < 0 ? bytes : bytes[..index]).IndexOf((byte)0x7f);
        return delete < 0 ? index : delete;
    }
}
