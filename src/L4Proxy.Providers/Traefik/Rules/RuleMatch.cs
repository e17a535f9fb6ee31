using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>What a rule, or a part of one, is here: a match, or what always or never holds.</summary>
internal readonly record struct RuleMatch
{
    private RuleMatch(L4Match? match, bool holds) => (Match, Holds) = (match, holds);

    public static RuleMatch Always { get; } = new(null, holds: true);

    public static RuleMatch Never { get; } = new(null, holds: false);

    /// <summary>The match; null where it always or never holds.</summary>
    public L4Match? Match { get; }

    /// <summary>Whether it holds, where that does not depend on the connection.</summary>
    public bool Holds { get; }

    public static RuleMatch Of(L4Match match) => new(match, holds: false);

    public static RuleMatch Of(bool holds) => holds ? Always : Never;

    public static RuleMatch Not(RuleMatch inner) => inner.Match is { } match ? Of(Opposite(match)) : Of(!inner.Holds);

    /// <summary>All must hold.</summary>
    /// <exception cref="FormatException">That would be too deep.</exception>
    public static RuleMatch And(IEnumerable<RuleMatch> parts)
    {
        var all = parts.ToList();
        if (all.Contains(Never))
            return Never;
        List<L4Match> matches = [.. all.Select(part => part.Match).OfType<L4Match>()];
        return matches.Count == 0 ? Always : Of(Both(matches, depth: 0));
    }

    /// <summary>One must hold.</summary>
    public static RuleMatch Or(IEnumerable<RuleMatch> parts)
    {
        var all = parts.ToList();
        if (all.Contains(Always))
            return Always;
        List<L4Match> matches = [.. all.Select(part => part.Match).OfType<L4Match>()];
        return matches.Count == 0 ? Never : Of(Either(matches));
    }

    private static L4Match Opposite(L4Match match) => match.Not is { } inner && match == new L4Match { Not = inner } ? inner : new() { Not = match };

    /// <summary>A match has each field once: what has no room beside the others goes inside of it.</summary>
    private static L4Match Both(List<L4Match> matches, int depth)
    {
        if (depth > NestedMatches.MaxDepth)
            throw new FormatException($"It is more than {NestedMatches.MaxDepth} matches deep here.");
        var (both, rest) = (matches[0], new List<L4Match>());
        foreach (var match in matches.Skip(1))
        {
            if (both.Not is { } one && match.Not is { } other && match == new L4Match { Not = other })
                both = both with { Not = Either([one, other]) };
            else if (Said(both).Intersect(Said(match)).Any())
                rest.Add(match);
            else
                both = With(both, match);
        }
        if (rest.Count == 0)
            return both;
        var inner = Both(rest, depth + 1);
        if (both.AnyOf is null)
            return both with { AnyOf = [inner] };
        return both.Not is null ? both with { Not = Opposite(inner) } : new() { Not = new() { AnyOf = [Opposite(both), Opposite(inner)] } };
    }

    private static L4Match With(L4Match one, L4Match other)
    {
        object both = one;
        foreach (var key in Said(other))
            both = key.Set(both, key.Get(other)!);
        return (L4Match)both;
    }

    /// <summary>What asks for the same field is one list of it, which routes are found by.</summary>
    private static L4Match Either(List<L4Match> matches)
    {
        var lists = from match in matches
                    group match by ListOf(match) into alike
                    select alike.Key is { } key ? [With(new(), key, [.. alike.SelectMany(match => (IReadOnlyList<string>)key.Get(match)!).Distinct()])] : alike.ToList();
        List<L4Match> members = [.. lists.SelectMany(list => list)];
        return members.Count == 1 ? members[0] : new() { AnyOf = members };
    }

    private static L4Match With(L4Match match, ConfigKey key, List<string> list) => (L4Match)key.Set(match, list);

    private static ConfigKey? ListOf(L4Match match) => Said(match) is [var key] && key.Get(match) is IReadOnlyList<string> ? key : null;

    private static List<ConfigKey> Said(L4Match match) => [.. L4Match.Keys.Shape.Keys.Where(key => key.Get(match) is not null)];
}
