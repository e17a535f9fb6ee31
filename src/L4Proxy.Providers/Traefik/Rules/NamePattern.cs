using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Names;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>Traefik's names and regular expressions of names, as they are written here.</summary>
internal static partial class NamePattern
{
    private const string OneLabel = "[^.]+";

    /// <summary>A name as it is written here; a wildcard is exactly one label.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string OfName(string name, bool mayBeWildcard)
    {
        if (!System.Text.Ascii.IsValid(name))
            throw new FormatException($"'{name}' has letters that a name in TLS has not: write it in Punycode.");
        if (name.StartsWith('*') && !mayBeWildcard)
            throw new FormatException($"'{name}' is no name in the second version of Traefik's rules.");
        var written = name.StartsWith("*.", StringComparison.Ordinal) ? $"{{_1}}{name[1..]}" : name;
        if (name.Contains('{', StringComparison.Ordinal) || !ServerNamePattern.TryParse(written, out _, out var error))
            throw new FormatException($"'{name}' is no name of a server{(name.AsSpan(1).Contains('*') ? ": a '*' is its first label" : "")}.");
        return written;
    }

    /// <summary>A regular expression that matches the whole name where Traefik's matches a part of it.</summary>
    /// <param name="text">As Traefik has it.</param>
    /// <param name="isSecond">Whether it is of the second version of rules, in which groups are in braces; one with names in braces is always taken for that.</param>
    /// <exception cref="FormatException">It is none, or nothing here is like it.</exception>
    public static string OfRegex(string text, bool isSecond)
    {
        if (!System.Text.Ascii.IsValid(text))
            throw new FormatException($"'{text}' has letters that a name in TLS has not.");
        var pattern = isSecond || (Braces().IsMatch(text) && !NotHere().IsMatch(text)) ? OfBraces(text) : Whole(Translate(text));
        if (!SniRegexPattern.TryParse(pattern, out _, out var error))
            throw new FormatException($"'{text}' is no regular expression that is known here: {error}");
        return pattern;
    }

    /// <summary>Whether a regular expression also matches a client that names nobody.</summary>
    public static bool MatchesNothing(string pattern) => SniRegexPattern.TryParse(pattern, out var regex, out _) && regex.IsMatch("");

    private static string OfBraces(string text)
    {
        var (pattern, end) = (new StringBuilder(), 0);
        while (text.IndexOf('{', end) is >= 0 and var open)
        {
            pattern.Append(Regex.Escape(text[end..open]));
            end = EndOf(text, open);
            var colon = text.IndexOf(':', open, end - open);
            var inner = colon < 0 ? OneLabel : text[(colon + 1)..(end - 1)];
            if (inner.Length == 0 || (colon < 0 ? end - 1 : colon) == open + 1)
                throw new FormatException($"'{text[open..end]}' needs a name and an expression.");
            pattern.Append("(?:").Append(Translate(inner)).Append(')');
        }
        return pattern.Append(Regex.Escape(text[end..])).ToString();
    }

    private static int EndOf(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return i + 1;
        }
        throw new FormatException($"'{text}' has a brace that is not closed.");
    }

    /// <summary>Go's names are compared in the case that they are asked for in, which is lower case.</summary>
    private static bool IsCased(string pattern) => Enumerable.Range(0, pattern.Length).Any(i => char.IsAsciiLetterUpper(pattern[i]) && (i == 0 || pattern[i - 1] != '\\'));

    private static string Whole(string pattern) => IsCased(pattern) ? $".*(?:(?-i:{pattern})).*" : SourceRegex.Unanchored(pattern);

    /// <summary>What Go writes in another way; its groups capture nothing here.</summary>
    private static string Translate(string text)
    {
        if (NotHere().Match(text) is { Success: true } other)
            throw new FormatException($"'{text}' has '{other.Value}', which nothing here is like.");
        return Groups().Replace(text, match => match.Value is "(?" or ['\\' or '[', ..] ? match.Value : "(?:");
    }

    [GeneratedRegex(@"\{[A-Za-z_]\w*[:}]", RegexOptions.NonBacktracking)]
    private static partial Regex Braces();

    [GeneratedRegex(@"\\[QECpP]|\\x\{|\[\[?:|-\[|\(\?[a-z]*U", RegexOptions.NonBacktracking)]
    private static partial Regex NotHere();

    // What is escaped and what is in a class stays; groups with and without a name are such as capture nothing.
    [GeneratedRegex(@"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P?<\w+>|\(\??", RegexOptions.NonBacktracking)]
    private static partial Regex Groups();
}
