using System.Globalization;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <summary>The text of whole numbers: decimal digits, perhaps a sign.</summary>
internal static class WholeNumber
{
    /// <summary>Reads 32 bits.</summary>
    public static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads 64 bits.</summary>
    public static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Why a text is no number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static string Explain(string text, long min, long max)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')
            ? $"{Quote.Text(text)} is not a whole number."
            : string.Create(CultureInfo.InvariantCulture, $"{Quote.Text(text)} is out of range: {min} to {max}.");
    }
}
