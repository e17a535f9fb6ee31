using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>Recognises an SMTP client that does not wait for the server's greeting, by its EHLO or HELO (RFC 5321 section 4.1.1.1).</summary>
/// <remarks>By section 3.1 it has to wait: one that does shows nothing, and is known by no first bytes.</remarks>
internal sealed class SmtpPreface() : PrefaceParser("smtp")
{
    private const int Length = 5;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        var start = bytes[..Math.Min(bytes.Length, Length)];
        if (!IsStartOf(start, "EHLO ") && !IsStartOf(start, "HELO "))
            return PrefaceStatus.NotMine;
        return start.Length < Length ? PrefaceStatus.NeedMore : PrefaceStatus.Found;
    }

    private static bool IsStartOf(ReadOnlySpan<byte> bytes, string command) => Ascii.EqualsIgnoreCase(bytes, command.AsSpan(0, bytes.Length));
}
