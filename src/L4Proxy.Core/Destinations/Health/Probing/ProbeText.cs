using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>What a check says to send or to expect: text in UTF-8 with <c>\xHH</c> for a byte, and <c>\r \n \t \0 \\</c>. Pure.</summary>
internal static class ProbeText
{
    /// <summary>Of what is expected, and sent: a datagram holds as much anywhere.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The bytes of a text.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? error)
    {
        (bytes, error) = (null, null);
        var read = new List<byte>();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (rest[0] == '\\')
            {
                if (!TryReadEscape(rest, read, out var length))
                {
                    error = @$"'{rest[..Math.Min(4, rest.Length)]}' is none of '\xHH' (two hexadecimal digits), '\r', '\n', '\t', '\0' and '\\'.";
                    return false;
                }
                rest = rest[length..];
            }
            else
            {
                var length = rest.IndexOf('\\') is >= 0 and var next ? next : rest.Length;
                read.AddRange(Encoding.UTF8.GetBytes(rest[..length].ToString()));
                rest = rest[length..];
            }
        }
        if (read.Count > MaxBytes)
            error = $"It is {read.Count} bytes long; {MaxBytes} are the most.";
        else
            bytes = [.. read];
        return bytes is not null;
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, List<byte> read, out int length)
    {
        length = text is [_, 'x' or 'X', ..] ? 4 : 2;
        if (text.Length < length)
            return false;
        if (length == 4)
        {
            var isByte = byte.TryParse(text[2..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
            read.Add(value);
            return isByte;
        }
        byte? meant = text[1] switch
        {
            'r' => (byte)'\r',
            'n' => (byte)'\n',
            't' => (byte)'\t',
            '0' => 0,
            '\\' => (byte)'\\',
            _ => null,
        };
        read.Add(meant ?? 0);
        return meant is not null;
    }
}
