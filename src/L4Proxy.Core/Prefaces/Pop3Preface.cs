using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a POP3 client that does not wait for the server's greeting, by CAPA, STLS, USER or APOP (RFC 1939, RFC 2449, RFC 2595).</summary>
/// <remarks>By RFC 1939 section 4 it has to wait: one that does shows nothing, and is known where it is greeted here.</remarks>
internal sealed class Pop3Preface() : PrefaceParser("pop3")
{
    private const int Length = 5;

    private static readonly string[] s_starts = ["CAPA\r", "CAPA\n", "STLS\r", "STLS\n", "USER ", "APOP "];

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        var start = bytes[..Math.Min(bytes.Length, Length)];
        foreach (var one in s_starts)
        {
            if (Ascii.EqualsIgnoreCase(start, one.AsSpan(0, start.Length)))
                return start.Length < Length ? PrefaceStatus.NeedMore : PrefaceStatus.Found;
        }

        return PrefaceStatus.NotMine;
    }
}
