namespace L4Proxy.Prefaces;

/// <summary>Recognises a SOCKS 4 client by its request (SOCKS: A protocol for TCP proxy across firewalls; 4A).</summary>
/// <remarks>
/// <code>
/// 04 01 1f 90 c0 00 02 01              version, CONNECT (2: BIND), port, address
/// bob 0                                user, which may be empty
/// example.com 0                        4A, where the address is 0.0.0.x: the name
/// </code>
/// </remarks>
internal sealed class Socks4Preface() : PrefaceParser("socks4")
{
    private const byte Version = 4;
    private const int HeaderLength = 8;
    private const int LongestUser = 255;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [not Version, ..] or [_, not (1 or 2), ..])
            return PrefaceStatus.NotMine;
        if (bytes.Length <= HeaderLength)
            return PrefaceStatus.NeedMore;
        var user = bytes[HeaderLength..];
        var end = user.IndexOf((byte)0);
        if (end >= 0)
            user = user[..end];
        if (user.Length > LongestUser || user.ContainsAnyInRange((byte)0, (byte)0x1f))
            return PrefaceStatus.NotMine;
        return end < 0 ? PrefaceStatus.NeedMore : PrefaceStatus.Found;
    }
}
