using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>Names of TLS as Caddy matches them, where <c>*</c> is exactly one label.</summary>
internal static partial class CaddyName
{
    /// <summary>What a name is here, where <c>*.example.com</c> would be any number of labels; null where nothing is like it.</summary>
    public static string? Of(string name)
    {
        if (!name.Contains('*', StringComparison.Ordinal))
            return name;
        var labels = name.Split('.');
        var stars = labels.TakeWhile(label => label == "*").Count();
        return stars == labels.Length || labels.Skip(stars).Any(label => label.Contains('*', StringComparison.Ordinal))
            ? null
            : string.Join('.', labels.Select((label, i) => i < stars ? $"{{_{i + 1}}}" : label));
    }

    /// <summary>
    /// A regular expression that matches the whole name where Caddy's matches a part of it, with a name for each group, which a destination's address may have.
    /// </summary>
    public static string OfRegex(string pattern)
    {
        var text = new StringBuilder();
        var (group, inClass) = (0, false);
        for (var i = 0; i < pattern.Length; i++)
        {
            text.Append(pattern[i]);
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
                text.Append(pattern[++i]);
            else if (pattern[i] is '[' or ']')
                inClass = pattern[i] == '[';
            else if (pattern[i] == '(' && !inClass && (i + 1 == pattern.Length || pattern[i + 1] != '?'))
                text.Append("?<").Append(GroupOf(++group)).Append('>');
        }
        return SourceRegex.Unanchored(text.ToString());
    }

    /// <summary>An address with its placeholders for groups of a regular expression, <c>{tls.regexp.1}</c>, as captures are written here; null where it has another placeholder.</summary>
    public static string? OfDial(string address)
    {
        var replaced = Group().Replace(address, match => $"{{{GroupOf(int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture))}}}");
        return Placeholder().Matches(replaced).All(match => match.Value.StartsWith("{g", StringComparison.Ordinal)) ? replaced : null;
    }

    private static string GroupOf(int number) => $"g{number}";

    [GeneratedRegex(@"\{(?:l4\.)?tls\.regexp\.(?<number>[1-9])\}", RegexOptions.NonBacktracking)]
    private static partial Regex Group();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
