using L4Proxy.Names;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing;

/// <summary>
/// A route by one of its name patterns: a route with several has an entry for each, every one with its own place in the
/// precedence.
/// </summary>
internal sealed class RouteEntry
{
    private readonly IReadOnlyList<SniRegexPattern>? _regexes;

    /// <summary>Null where the pattern is the only condition, so that most look-ups need not touch the match.</summary>
    private readonly ConnectionMatch? _match;

    private readonly ProtocolSet _pickedBy;
    private readonly int _minFrontLabels;
    private readonly int _maxFrontLabels;

    private RouteEntry(RouteModel route, ServerNamePattern? pattern, IReadOnlyList<SniRegexPattern>? regexes, bool isOfHost = false)
    {
        Route = route;
        Pattern = pattern;
        IsOfHost = isOfHost;
        _regexes = regexes;
        _match = route.Match.HasOnlyNames ? null : route.Match;
        _pickedBy = route.PickedBy;
        (_minFrontLabels, _maxFrontLabels) = pattern?.Kind switch
        {
            ServerNameKind.Labels => (pattern.CaptureNames.Count, pattern.CaptureNames.Count),
            ServerNameKind.Suffix => (1, int.MaxValue),
            _ => (0, 0),
        };
        Needs = RouteNeeds.Of(route);
        Specificity = pattern?.Specificity
            ?? new ServerNameSpecificity(regexes is null ? ServerNameKind.Unconditional : ServerNameKind.Regex, 0);
    }

    public RouteModel Route { get; }

    /// <summary>The pattern of <c>Match:Sni</c> or <c>Match:Host</c>; null if the route has none.</summary>
    public ServerNamePattern? Pattern { get; }

    /// <summary>Whether the pattern is of the host of a plaintext HTTP request, and not of a server name.</summary>
    public bool IsOfHost { get; }

    /// <summary>Of the pattern, or of the regular expression where that alone is asked for.</summary>
    public ServerNameSpecificity Specificity { get; }

    /// <summary>What the route needs, near at hand for whoever walks along thousands.</summary>
    public RouteNeeds Needs { get; }

    /// <summary>What counts in the precedence: the names inside of <c>AnyOf</c>, too.</summary>
    public ServerNameSpecificity Precedence => ServerNameSpecificity.Max(Specificity, Route.Match.InnerSpecificity);

    /// <summary>By its place in the table; the lowest that matches wins. Between two there is room for others.</summary>
    public int Rank { get; set; }

    /// <summary>The entries of a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="names">Which names its clients show there, where it is one of HTTP requests.</param>
    public static IEnumerable<RouteEntry> Of(RouteModel route, HttpNames names)
    {
        var match = route.Match;
        if (route.Config.IsHttp)
        {
            if (route.Config.EndsTls)
                names = HttpNames.OfTls;
            return (names.HasFlag(HttpNames.OfTls) ? match.Names ?? [] : []).Select(pattern => new RouteEntry(route, pattern, regexes: null))
                .Concat((names.HasFlag(HttpNames.OfRequests) ? match.Hosts ?? [] : []).Select(pattern => new RouteEntry(route, pattern, regexes: null, isOfHost: true)));
        }
        if (match.Names is not null)
            return match.Names.Select(pattern => new RouteEntry(route, pattern, match.Regexes));
        if (match.Hosts is not null)
            return match.Hosts.Select(pattern => new RouteEntry(route, pattern, regexes: null, isOfHost: true));
        if (match.Regexes is not null)
            return match.Regexes.Select(regex => new RouteEntry(route, pattern: null, [regex]));
        return [new RouteEntry(route, pattern: null, regexes: null)];
    }

    /// <summary>
    /// The precedence, the winner first: lower order, more specific name, more conditions, then the id and the pattern,
    /// ordinal.
    /// </summary>
    public static int Compare(RouteEntry left, RouteEntry right)
    {
        var result = left.Route.Order.CompareTo(right.Route.Order);
        if (result == 0)
            result = ServerNameSpecificity.Compare(right.Precedence, left.Precedence);
        if (result == 0)
            result = right.Route.Match.ConditionCount.CompareTo(left.Route.Match.ConditionCount);
        if (result == 0)
            result = string.CompareOrdinal(left.Route.Id, right.Route.Id);
        return result != 0 ? result : string.CompareOrdinal(left.Text, right.Text);
    }

    /// <summary>The precedence.</summary>
    public static IComparer<RouteEntry> ByPrecedence { get; } = Comparer<RouteEntry>.Create(Compare);

    /// <summary>The same for another table, where it has another rank.</summary>
    public RouteEntry Copy() => (RouteEntry)MemberwiseClone();

    /// <summary>Whether the pattern matches a name with so many labels before its <see cref="ServerNamePattern.Host"/>.</summary>
    public bool Takes(int frontLabels) => frontLabels >= _minFrontLabels && frontLabels <= _maxFrontLabels;

    /// <summary>Whether all conditions hold but the pattern's, by which the entry was found.</summary>
    public ConditionResult Evaluate(in ConnectionFacts facts)
    {
        var result = _match is null ? ConditionResult.True : _match.Evaluate(facts);
        if (result == ConditionResult.True && !_pickedBy.IsEmpty && !facts.NoMoreBytes && facts.Preface.MayBring(_pickedBy))
            result = ConditionResult.Unknown;
        if (_regexes is null || result == ConditionResult.False)
            return result;
        if (facts.Preface.MayBringClientHello)
            return ConditionResult.Unknown;
        return facts.ServerName is { } name && AnyRegexMatches(name) ? result : ConditionResult.False;
    }

    /// <summary>What the name that it is of means to the captures of this entry.</summary>
    public RouteCaptures Captures(string name) => new(Pattern, _regexes, name);

    /// <summary>
    /// Whether this entry matches every connection that <paramref name="other"/> matches. May say no where it does, never
    /// yes where it does not.
    /// </summary>
    public bool Covers(RouteEntry other) =>
        CoversPattern(other) && CoversRegexes(other) && Route.Match.IsImpliedBy(other.Route.Match);

    /// <summary>The same of one that is behind it, without a look at what most have: another name.</summary>
    public bool CoversBehind(RouteEntry other) =>
        Rank < other.Rank && (Specificity.Kind != ServerNameKind.Exact || Specificity == other.Specificity) && Covers(other);

    private string Text => Pattern?.ToString() ?? _regexes?[0].ToString() ?? "";

    private bool CoversPattern(RouteEntry other) =>
        Pattern is null
        || (other.Pattern is null
            ? Pattern.Kind == ServerNameKind.AnyName && !IsOfHost && other._regexes is not null
            : IsOfHost == other.IsOfHost && Pattern.Covers(other.Pattern));

    private bool CoversRegexes(RouteEntry other) =>
        _regexes is null
        || (other is { IsOfHost: false, Pattern: { Kind: ServerNameKind.Exact } exact } && AnyRegexMatches(exact.Host))
        || (other._regexes is not null && other._regexes.All(theirs => _regexes.Any(ours => ours.ToString() == theirs.ToString())));

    private bool AnyRegexMatches(string name)
    {
        for (var i = 0; i < _regexes!.Count; i++)
        {
            if (_regexes[i].IsMatch(name))
                return true;
        }

        return false;
    }
}
