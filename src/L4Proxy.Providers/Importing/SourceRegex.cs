using L4Proxy.Names;

namespace L4Proxy.Providers.Importing;

/// <summary>Regular expressions over a server name of those who look for them anywhere in it.</summary>
internal static class SourceRegex
{
    private const int MaxLength = 1000;

    /// <summary>
    /// One that matches a whole name where the other matches a part of it; null where it is wrong, or looks around or back, which is not done in linear time.
    /// </summary>
    public static string? Whole(string pattern)
    {
        var text = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
        var isWhole = text.StartsWith('^') && text.EndsWith('$') && text.Length > 1 && !text.EndsWith("\\$", StringComparison.Ordinal) && !text.Contains('|', StringComparison.Ordinal);
        text = isWhole ? text[1..^1] : $".*(?:{text}).*";
        return text.Length <= MaxLength && SniRegexPattern.TryParse(text, out _, out _) ? text : null;
    }
}
