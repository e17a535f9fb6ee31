using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>Recognises an IMAP client that does not wait for the server's greeting, by a command with its tag (RFC 9051 section 2.2.1).</summary>
/// <remarks>By section 3 it has to wait: one that does shows nothing, and is known where it is greeted here.</remarks>
internal sealed class ImapPreface() : PrefaceParser("imap")
{
    private const int LongestTag = 16;

    // Those of a client that has not logged in (section 6.1 and 6.2).
    private static readonly string[] s_commands = ["CAPABILITY", "STARTTLS", "LOGIN", "AUTHENTICATE", "NOOP", "LOGOUT", "ID"];

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        var tag = 0;
        while (tag < bytes.Length && tag <= LongestTag && IsOfTag(bytes[tag]))
            tag++;
        if (tag == bytes.Length && tag <= LongestTag)
            return PrefaceStatus.NeedMore;
        if (tag is 0 or > LongestTag || bytes[tag] != ' ')
            return PrefaceStatus.NotMine;
        var rest = bytes[(tag + 1)..];
        var mayBe = false;
        foreach (var command in s_commands)
        {
            var start = rest[..Math.Min(rest.Length, command.Length)];
            if (!Ascii.EqualsIgnoreCase(start, command.AsSpan(0, start.Length)))
                continue;
            if (rest.Length > command.Length && rest[command.Length] is (byte)' ' or (byte)'\r' or (byte)'\n')
                return PrefaceStatus.Found;
            mayBe |= rest.Length <= command.Length;
        }

        return mayBe ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
    }

    // Clients that are in use have no others.
    private static bool IsOfTag(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'_';
}
