using L4Proxy.Configuration;

namespace L4Proxy.Providers.Importing;

/// <summary>What must hold of a connection, put together by and, or and not: a match, everything, or nothing.</summary>
internal sealed class Clause
{
    // As deep as a configuration may be.
    private const int MaxDepth = 8;

    private static readonly L4Match s_everything = new();
    private static readonly IReadOnlyList<string> s_tls = ["tls"];

    private readonly L4Match? _match;

    private Clause(L4Match? match) => _match = match;

    public static Clause Always { get; } = new(s_everything);

    public static Clause Never { get; } = new(null);

    /// <summary>A client that speaks TLS at once.</summary>
    public static Clause Tls { get; } = new(new L4Match { Protocols = s_tls });

    /// <summary>The client sends nothing of TLS at first.</summary>
    public static Clause NoTls { get; } = Tls.Not();

    public bool IsNever => _match is null;

    public bool IsAlways => _match == s_everything;

    /// <summary>Whether it is nested deeper than a configuration may be.</summary>
    public bool IsTooDeep => Depth(_match) > MaxDepth;

    /// <summary>The match of a route; null where it is everything.</summary>
    public L4Match? Match => IsAlways ? null : _match;

    /// <summary>Whether a match in it, however deep, is such.</summary>
    public bool Asks(Func<L4Match, bool> isSuch) => _match is not null && Asks(_match, isSuch);

    public static Clause Of(L4Match match) => new(match);

    /// <summary>Something about the hello of a client that speaks TLS at once: nobody is asked here to begin with it.</summary>
    public static Clause OfHello(L4Match match) => new(match with { Protocols = s_tls });

    /// <summary>One of several.</summary>
    public static Clause Any(IEnumerable<Clause> conditions)
    {
        var members = new List<L4Match>();
        List<string>? grown = null;
        foreach (var condition in conditions.Where(condition => !condition.IsNever))
        {
            if (condition.IsAlways)
                return Always;
            if (members.Count > 0 && TryJoin(members[^1], condition._match!, ref grown) is { } joined)
                members[^1] = joined;
            else
                members.Add(condition._match!);
        }
        return members switch
        {
            [] => Never,
            [var one] => new(one),
            _ => new(new L4Match { AnyOf = members }),
        };
    }

    public Clause And(Clause other)
    {
        if (IsNever || other.IsNever)
            return Never;
        if (IsAlways || other.IsAlways)
            return IsAlways ? other : this;
        var (mine, theirs) = (_match!, other._match!);
        if (TryMerge(mine, theirs) is { } merged)
            return new(merged);
        if (mine.AnyOf is null)
            return new(mine with { AnyOf = [theirs] });
        if (theirs.AnyOf is null)
            return new(theirs with { AnyOf = [mine] });
        return new(mine.Not is null ? mine with { Not = Negated(theirs) } : new L4Match { AnyOf = [mine], Not = Negated(theirs) });
    }

    public Clause Not() => IsNever ? Always : IsAlways ? Never : new(Negated(_match!));

    private static L4Match Negated(L4Match match) => match is { Not: { } inner } && match == new L4Match { Not = inner } ? inner : new() { Not = match };

    /// <summary>Both in one, where no field says two things.</summary>
    private static L4Match? TryMerge(L4Match a, L4Match b)
    {
        object both = a;
        foreach (var key in L4Match.Keys.Shape.Keys)
        {
            if (key.Get(b) is not { } value)
                continue;
            if (key.Get(a) is { } other && !ReferenceEquals(other, value))
                return null;
            both = key.Set(both, value);
        }
        return (L4Match)both;
    }

    private static bool Asks(L4Match match, Func<L4Match, bool> isSuch) =>
        isSuch(match) || (match.Not is { } not && Asks(not, isSuch)) || match.AnyOf?.Any(member => Asks(member, isSuch)) == true;

    /// <summary>One of both in one, where they differ in one list only.</summary>
    private static L4Match? TryJoin(L4Match a, L4Match b, ref List<string>? grown)
    {
        if (a.Sni is not null && b.Sni is not null && a with { Sni = null } == b with { Sni = null })
            return a with { Sni = Joined(a.Sni, b.Sni, ref grown) };
        if (a.SniRegex is not null && b.SniRegex is not null && a with { SniRegex = null } == b with { SniRegex = null })
            return a with { SniRegex = Joined(a.SniRegex, b.SniRegex, ref grown) };
        if (a.ClientAddresses is not null && b.ClientAddresses is not null && a with { ClientAddresses = null } == b with { ClientAddresses = null })
            return a with { ClientAddresses = Joined(a.ClientAddresses, b.ClientAddresses, ref grown) };
        if (a.LocalPorts is not null && b.LocalPorts is not null && a with { LocalPorts = null } == b with { LocalPorts = null })
            return a with { LocalPorts = Joined(a.LocalPorts, b.LocalPorts, ref grown) };
        return null;
    }

    /// <summary>Both lists in one; the one that grew before grows on, so that many cost no more than they are.</summary>
    private static List<string> Joined(IReadOnlyList<string> a, IReadOnlyList<string> b, ref List<string>? grown)
    {
        if (!ReferenceEquals(a, grown))
            grown = [.. a];
        grown!.AddRange(b);
        return grown;
    }

    private static int Depth(L4Match? match) =>
        match is null ? 0 : Math.Max(match.Not is { } not ? Depth(not) + 1 : 0, match.AnyOf is { Count: > 0 } any ? any.Max(Depth) + 1 : 0);
}
