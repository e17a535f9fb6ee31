namespace L4Proxy.Prefaces;

/// <summary>Recognises a SOCKS 5 client by the methods that it offers (RFC 1928 section 3).</summary>
/// <remarks>
/// <code>
/// 05 02 00 02          version, 2 methods: no authentication, user name and password
/// </code>
/// DCE/RPC begins with 05 00.
/// </remarks>
internal sealed class Socks5Preface() : PrefaceParser("socks5")
{
    private const byte Version = 5;
    private const int HeaderLength = 2;

    // A server says it; no client can offer it.
    private const byte NoneAcceptable = 0xff;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [not Version, ..] or [_, 0, ..])
            return PrefaceStatus.NotMine;
        if (bytes.Length < HeaderLength)
            return PrefaceStatus.NeedMore;
        var methods = bytes[HeaderLength..];
        var count = Math.Min(bytes[1], methods.Length);
        if (methods[..count].Contains(NoneAcceptable))
            return PrefaceStatus.NotMine;
        return count < bytes[1] ? PrefaceStatus.NeedMore : PrefaceStatus.Found;
    }
}
