using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>The application protocols that a client offers (RFC 7301 section 3.1).</summary>
/// <remarks>
/// <code>
/// 00 0c                          list, length of two bytes
///   02 68 32                     "h2", length of one byte
///   08 68 74 74 70 2f 31 2e 31   "http/1.1"
/// </code>
/// </remarks>
internal static class AlpnExtension
{
    /// <summary>No client offers as many; a list of one-byte names could hold thousands.</summary>
    public const int MaxCount = 32;

    private static readonly string[] WellKnown =
    [
        "h2", "http/1.1", "http/1.0", "h3", "h2c", "acme-tls/1", "mqtt", "postgresql", "dot", "imap", "pop3", "ftp",
        "xmpp-client", "xmpp-server", "stun.turn", "stun.nat-discovery", "webrtc", "irc", "managesieve", "smb", "tds/8.0",
    ];

    private static readonly IReadOnlyList<string> Browser = ["h2", "http/1.1"];

    /// <summary>False if it cannot be decoded. Names that are not printable ASCII are left out.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out IReadOnlyList<string>? protocols)
    {
        protocols = null;
        var cursor = new ByteCursor(data);
        if (!cursor.TryReadVector16(out var list) || !cursor.IsAtEnd || list.IsEmpty)
            return false;
        if (list.SequenceEqual("\u0002h2\u0008http/1.1"u8))
        {
            protocols = Browser;
            return true;
        }

        var found = new List<string>();
        var names = new ByteCursor(list);
        while (!names.IsAtEnd)
        {
            if (!names.TryReadVector8(out var name) || name.IsEmpty)
                return false;
            if (found.Count < MaxCount && !name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
                found.Add(Text(name));
        }

        protocols = found;
        return true;
    }

    private static string Text(ReadOnlySpan<byte> name)
    {
        foreach (var known in WellKnown)
        {
            if (Ascii.Equals(name, known))
                return known;
        }

        return Encoding.ASCII.GetString(name);
    }
}
