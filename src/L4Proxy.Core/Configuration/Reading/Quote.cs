using System.Text;

namespace L4Proxy.Configuration.Reading;

/// <summary>Puts what a user wrote into a message: bounded, on one line, without control characters.</summary>
internal static class Quote
{

    /// <summary>The text in quotes.</summary>
    public static string Text(string text) => $"'{Plain(text)}'";

    /// <summary>The text without quotes.</summary>
    public static string Plain(string text, int maxLength = 128)
    {
        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.Contains('\x7F', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(Math.Min(text.Length, maxLength) + 3);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, maxLength)))
            plain.Append(char.IsControl(c) ? '\uFFFD' : c);
        return plain.Append(text.Length > maxLength ? "..." : "").ToString();
    }
}
