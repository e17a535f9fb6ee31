using System.Buffers;
using System.Globalization;
using System.Text;

namespace L4Proxy.Requests;

/// <summary>
/// What a client has sent, as it may stand in a header, a URL or a page: all that is not plain is percent-encoded, so that it can end neither a line nor a tag, a quotation or a host.
/// </summary>
internal static class UrlText
{
    // RFC 3986 sections 2.2 and 2.3, and '%', without what ends an attribute in HTML.
    private static readonly SearchValues<char> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&()*+,;=%");
    private static readonly SearchValues<char> s_authority = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:[]");

    /// <summary>Appends a target, or a part of one.</summary>
    public static void Append(StringBuilder to, ReadOnlySpan<char> text) => Append(to, text, s_plain);

    /// <summary>Appends a host, perhaps with a port.</summary>
    public static void AppendAuthority(StringBuilder to, ReadOnlySpan<char> text) => Append(to, text, s_authority);

    /// <summary>The same as a text.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain))
            return text;
        var encoded = new StringBuilder(text.Length + 16);
        Append(encoded, text);
        return encoded.ToString();
    }

    private static void Append(StringBuilder to, ReadOnlySpan<char> text, SearchValues<char> plain)
    {
        Span<byte> bytes = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(plain);
            to.Append(end < 0 ? text : text[..end]);
            if (end < 0)
                return;
            text = text[end..];
            // Half of a pair of surrogates becomes U+FFFD.
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
                to.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            text = text[consumed..];
        }
    }
}
