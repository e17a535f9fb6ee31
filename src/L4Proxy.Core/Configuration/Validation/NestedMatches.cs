using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Validation;

/// <summary>A match and those inside of it.</summary>
internal static class NestedMatches
{
    /// <summary>So deep they may be.</summary>
    public const int MaxDepth = 8;

    /// <summary>Each with its path, the outermost first; none that is deeper than it may be.</summary>
    public static IEnumerable<(L4Match Match, ConfigPath Path)> Of(L4Match? match, ConfigPath path)
    {
        if (match is null)
            return [];
        return match is { Not: null, AnyOf: null } ? [(match, path)] : Walk(match, path, depth: 0);
    }

    /// <summary>Those directly inside of one.</summary>
    public static IEnumerable<(L4Match Match, ConfigPath Path)> Inside(L4Match match, ConfigPath path)
    {
        if (match.Not is { } not)
            yield return (not, path["Not"]);
        for (var i = 0; i < match.AnyOf?.Count; i++)
        {
            if (match.AnyOf[i] is { } member)
                yield return (member, path["AnyOf"][i]);
        }
    }

    private static IEnumerable<(L4Match Match, ConfigPath Path)> Walk(L4Match match, ConfigPath path, int depth) =>
        depth > MaxDepth ? [] : Inside(match, path).SelectMany(inner => Walk(inner.Match, inner.Path, depth + 1)).Prepend((match, path));
}
