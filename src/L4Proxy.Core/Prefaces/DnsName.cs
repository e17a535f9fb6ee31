using System.Globalization;
using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>A name of a DNS message as text: in lower case, without the dot at its end.</summary>
internal static class DnsName
{
    /// <summary>The name of the root.</summary>
    public const string Root = ".";

    /// <summary>Reads labels, each with its length before it, the last one empty. What is no letter, digit or the like is escaped (RFC 4343 section 2.1).</summary>
    public static string Read(ReadOnlySpan<byte> labels)
    {
        if (labels.Length <= 1)
            return Root;
        var text = new StringBuilder(labels.Length);
        for (var length = labels[0]; length > 0; length = labels[0])
        {
            if (text.Length > 0)
                text.Append('.');
            foreach (var character in labels.Slice(1, length))
                Append(text, character);
            labels = labels[(length + 1)..];
        }
        return text.ToString();
    }

    /// <summary>A name, or a pattern of names, as a user writes it.</summary>
    public static string Normalise(string name) => name == Root ? name : (name.EndsWith('.') ? name[..^1] : name).ToLowerInvariant();

    private static void Append(StringBuilder text, byte character)
    {
        if (character is (byte)'.' or (byte)'\\')
            text.Append('\\').Append((char)character);
        else if (character is > (byte)' ' and < 0x7f)
            text.Append((char)(character is >= (byte)'A' and <= (byte)'Z' ? character | 0x20 : character));
        else
            text.Append('\\').Append(character.ToString("D3", CultureInfo.InvariantCulture));
    }
}
