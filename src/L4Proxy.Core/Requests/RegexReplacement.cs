using System.Text;
using System.Text.RegularExpressions;

namespace L4Proxy.Requests;

/// <summary>Puts a template in the place of what an expression matches.</summary>
internal static class RegexReplacement
{
    /// <summary>Does so everywhere in a text; null where nothing matches, or what it makes is longer than <paramref name="maxLength"/>.</summary>
    public static string? Replace(Regex regex, string text, UrlTemplate template, in RequestUrl url, int maxLength)
    {
        StringBuilder? made = null;
        var end = 0;
        for (var match = regex.Match(text); match.Success && (made?.Length ?? 0) <= maxLength; match = match.NextMatch())
        {
            (made ??= new()).Append(text, end, match.Index - end);
            template.Append(made, url, match);
            end = match.Index + match.Length;
        }
        made?.Append(text, end, text.Length - end);
        return made?.Length <= maxLength ? made.ToString() : null;
    }
}
