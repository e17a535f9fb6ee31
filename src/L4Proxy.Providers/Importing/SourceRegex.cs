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
        var text = Unanchored(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal));
        return text.Length <= MaxLength && SniRegexPattern.TryParse(text, out _, out _) ? text : null;
    }

    /// <summary>The same, whether it is a right one or not. Anchors stay where there is a choice on the outside: they are of one side of it.</summary>
    public static string Unanchored(string pattern)
    {
        if (HasChoice(pattern))
            return $".*(?:{pattern}).*";
        var (starts, ends) = (pattern.StartsWith('^'), pattern.EndsWith('$') && !IsEscaped(pattern, pattern.Length - 1));
        return $"{(starts ? "" : ".*")}{pattern[(starts ? 1 : 0)..(ends ? ^1 : ^0)]}{(ends ? "" : ".*")}";
    }

    private static bool IsEscaped(string text, int at)
    {
        var slashes = 0;
        while (at - slashes > 0 && text[at - slashes - 1] == '\\')
            slashes++;
        return slashes % 2 == 1;
    }

    private static bool HasChoice(string pattern)
    {
        var (depth, inClass) = (0, false);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                i++;
            else if (pattern[i] is '[' or ']')
                inClass = pattern[i] == '[';
            else if (!inClass && pattern[i] is '(' or ')')
                depth += pattern[i] == '(' ? 1 : -1;
            else if (!inClass && pattern[i] == '|' && depth == 0)
                return true;
        }
        return false;
    }
}
