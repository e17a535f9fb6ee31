using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace L4Proxy.Names;

/// <summary>The syntax of host names, as configuration writes them and as clients send them.</summary>
internal static class HostName
{
    /// <summary>Longest name in its text form, without the trailing dot (RFC 1035 section 2.3.4).</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    // The underscore is not a host name's (RFC 952), but names with one are in wide use.
    private static readonly SearchValues<char> LettersDigitsHyphenUnderscore =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>Lower case, IDN to ASCII, without the trailing dot; or why it is not a host name.</summary>
    public static bool TryNormalise(
        string text, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        var ascii = text;
        if (!Ascii.IsValid(text))
        {
            try
            {
                ascii = Idn.GetAscii(text);
            }
            catch (ArgumentException)
            {
                error = $"'{text}' is not a valid international host name.";
                return false;
            }
        }

        if (ascii.EndsWith('.'))
            ascii = ascii[..^1];
        if (!IsName(ascii))
        {
            error = $"'{text}' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', {MaxLength} characters in all.";
            return false;
        }

        name = ascii.ToLowerInvariant();
        error = null;
        return true;
    }

    /// <summary>Labels of letters, digits, hyphens and underscores; no trailing dot.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => HasLabels(text, hyphensAtEnds: true);

    /// <summary>The same, and no label begins or ends with a hyphen (RFC 1123 section 2.1): what a client may put into a host name.</summary>
    public static bool IsStrictName(ReadOnlySpan<char> text) => HasLabels(text, hyphensAtEnds: false);

    /// <summary>
    /// Whether a resolver may take the name for an IPv4 address. <c>inet_aton</c> reads <c>127.1</c>, <c>0x7f.1</c> and
    /// <c>2130706433</c>; all such forms end in a decimal or hexadecimal number, and no top-level domain does.
    /// </summary>
    public static bool LooksLikeAddress(ReadOnlySpan<char> name)
    {
        if (name.EndsWith('.'))
            name = name[..^1];
        var last = name[(name.LastIndexOf('.') + 1)..];
        if (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return !last[2..].ContainsAnyExcept(HexDigits);
        return !last.ContainsAnyExceptInRange('0', '9');
    }

    private static bool HasLabels(ReadOnlySpan<char> text, bool hyphensAtEnds)
    {
        if (text.Length is 0 or > MaxLength)
            return false;
        foreach (var range in text.Split('.'))
        {
            var label = text[range];
            if (label.Length is 0 or > MaxLabelLength || label.ContainsAnyExcept(LettersDigitsHyphenUnderscore)
                || !hyphensAtEnds && (label[0] == '-' || label[^1] == '-'))
                return false;
        }

        return true;
    }
}
