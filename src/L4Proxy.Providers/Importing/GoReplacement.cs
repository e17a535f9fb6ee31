using System.Text;
using System.Text.RegularExpressions;

namespace L4Proxy.Providers.Importing;

/// <summary>What Go puts in the place of what an expression matches (<c>$1</c>, <c>${name}</c>), and Go's expressions, as they are written here.</summary>
internal static partial class GoReplacement
{
    /// <summary>A replacement with its groups in braces.</summary>
    public static string Of(string text)
    {
        var written = new StringBuilder();
        var end = 0;
        foreach (Match match in Group().Matches(text))
        {
            written.Append(Literal(text[end..match.Index]));
            written.Append(match.Value == "$$" ? "$" : $"{{{match.Value.Trim('$', '{', '}')}}}");
            end = match.Index + match.Length;
        }
        return written.Append(Literal(text[end..])).ToString();
    }

    /// <summary>Text that stands as it is in a template.</summary>
    public static string Literal(string text) => text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    /// <summary>An expression; null where it has what is written otherwise here.</summary>
    public static string? Expression(string text) => NotHere().IsMatch(text) ? null : text.Replace("(?P<", "(?<", StringComparison.Ordinal);

    [GeneratedRegex(@"\$\$|\$\{\w+\}|\$\w+", RegexOptions.NonBacktracking)]
    private static partial Regex Group();

    [GeneratedRegex(@"\\[QECpP]|\\x\{|\[\[?:|-\[|\(\?[a-z]*U", RegexOptions.NonBacktracking)]
    private static partial Regex NotHere();
}
