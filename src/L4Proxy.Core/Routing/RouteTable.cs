using L4Proxy.Configuration.Reading;
using L4Proxy.Limits;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.StartTls;

namespace L4Proxy.Routing;

/// <summary>The routes of one endpoint. Immutable; a look-up allocates nothing and costs the same for ten routes and for many.</summary>
/// <remarks>
/// The precedence: lower <c>Order</c>; the more specific name (<see cref="ServerNameKind"/>, then the longer suffix);
/// more conditions; the route's id, ordinal.
/// </remarks>
internal sealed class RouteTable
{
    // Thousands of routes that differ only by what is in no index would make the search for unreachable ones quadratic.
    private const int MaxComparisons = 1000;

    private const int MostExplained = 5;
    private const int MostExplainedInShort = 3;
    private const int LongestExplanation = 2048;
    private const int LongestInShort = 400;

    private readonly PortIndex _index;
    private readonly RouteEntry[] _entries;
    private readonly IReadOnlyCollection<RouteModel> _routes;
    private readonly HttpNames _httpNames;
    private IReadOnlyList<(string RouteId, string ByRouteId)>? _unreachable;

    private RouteTable(IReadOnlyCollection<RouteModel> routes, RouteEntry[] entries, HttpNames httpNames)
    {
        (_routes, _entries, _httpNames) = (routes, entries, httpNames);
        _index = new PortIndex(entries);
        var protocols = entries.Aggregate(default(ProtocolSet), (all, entry) => all | entry.Route.Match.Protocols | entry.Route.PickedBy);
        // Whoever looks at all can say what name was asked for.
        NeedsRawBytes = entries.Any(entry => entry.Route.Match.NeedsRawBytes);
        Protocols = protocols.IsEmpty && !NeedsRawBytes ? protocols : protocols | PrefaceParsers.Tls;
        Greeting = GreetingOf(entries);
        HasHttpRoutes = entries.Any(entry => entry.Route.Config.IsHttp);
        NeedsAddresses = entries.Any(entry => entry.Route.Match.NeedsAddresses || entry.Route.Firewall != Firewall.Open);
    }

    /// <summary>The protocols that the client's first bytes are to be looked at for. Where there are none, a server may speak first.</summary>
    public ProtocolSet Protocols { get; }

    /// <summary>The protocol whose servers speak first, where every route that looks at bytes names it and no other; else null.</summary>
    public StartTlsProtocol? Greeting { get; }

    /// <summary>Whether any route has a condition on the first bytes themselves.</summary>
    public bool NeedsRawBytes { get; }

    /// <summary>Whether any route is one of HTTP requests.</summary>
    public bool HasHttpRoutes { get; }

    /// <summary>Whether any route has a condition on an address.</summary>
    public bool NeedsAddresses { get; }

    /// <summary>The routes, each once, the one that comes first in the precedence first.</summary>
    public IEnumerable<RouteModel> Routes => RoutesWhere(static _ => true);

    /// <summary>Some of them, in the same order.</summary>
    public IEnumerable<RouteModel> RoutesWhere(Func<RouteModel, bool> isWanted) => _entries.Select(entry => entry.Route).Where(isWanted).Distinct();

    /// <summary>Their ids.</summary>
    public IEnumerable<string> RouteIds => Routes.Select(route => route.Id);

    /// <summary>Where one of HTTP requests finds its names.</summary>
    public HttpNames NamesOf(RouteModel route) => route.Config.EndsTls ? HttpNames.OfTls : _httpNames;

    /// <summary>Compiles the routes of one endpoint.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="httpNames">Where those of HTTP requests find their names.</param>
    /// <param name="before">That of the endpoint before: of the same routes it is the same.</param>
    /// <exception cref="ArgumentException">The validator would not have accepted a match.</exception>
    public static RouteTable Create(IReadOnlyCollection<RouteModel> routes, HttpNames httpNames = HttpNames.Both, RouteTable? before = null)
    {
        if (before is not null && before._httpNames == httpNames && before._routes.SequenceEqual(routes))
            return before;
        var entries = before?._httpNames == httpNames ? before.EntriesOf(routes) : Sorted(routes, httpNames);
        for (var rank = 0; rank < entries.Length; rank++)
            entries[rank].Rank = rank;
        return new RouteTable(routes, entries, httpNames);
    }

    private static RouteEntry[] Sorted(IEnumerable<RouteModel> routes, HttpNames httpNames)
    {
        var entries = routes.SelectMany(route => RouteEntry.Of(route, httpNames)).ToArray();
        Array.Sort(entries, RouteEntry.Compare);
        return entries;
    }

    /// <summary>The entries of other routes. Those that are here are sorted already: one new route among thousands is a walk along them.</summary>
    private RouteEntry[] EntriesOf(IReadOnlyCollection<RouteModel> routes)
    {
        var known = _routes.ToHashSet();
        var wanted = routes.ToHashSet();
        var added = Sorted(routes.Where(route => !known.Contains(route)), _httpNames);
        var entries = new List<RouteEntry>(_entries.Length + added.Length);
        var next = 0;
        foreach (var entry in _entries)
        {
            if (!wanted.Contains(entry.Route))
                continue;
            for (; next < added.Length && RouteEntry.Compare(added[next], entry) < 0; next++)
                entries.Add(added[next]);
            entries.Add(entry.Copy());
        }
        return [.. entries, .. added[next..]];
    }

    /// <summary>The same with one of its routes alone.</summary>
    public RouteTable Only(RouteModel route) => Create([route], _httpNames);

    /// <summary>The entries of one of its routes, the one that comes first first.</summary>
    public RouteEntry[] EntriesOf(RouteModel route) => Array.FindAll(_entries, entry => entry.Route == route);

    /// <summary>The route that wins, once no better one can turn up.</summary>
    /// <param name="facts">What is known of the connection.</param>
    /// <param name="noMoreBytes">Nothing more will come in time: what it would have decided is false.</param>
    public RouteMatch Match(in ConnectionFacts facts, bool noMoreBytes)
    {
        if (noMoreBytes && !facts.NoMoreBytes)
            return Match(facts with { NoMoreBytes = true }, noMoreBytes);
        var search = new RouteSearch(noMoreBytes);
        _index.Search(facts, ref search);
        return search.Result;
    }

    /// <summary>Why no route was found: of the first few, each condition that did not hold.</summary>
    public string Explain(ConnectionFacts facts) =>
        Join([.. Routes.Take(MostExplained + 1)], MostExplained, LongestExplanation, route => string.Join(", ", route.Match.Explain(facts)));

    /// <summary>The same of fewer routes, of each the first condition alone.</summary>
    public string ExplainInShort(ConnectionFacts facts) =>
        Join([.. Routes.Take(MostExplainedInShort + 1)], MostExplainedInShort, LongestInShort, route => $"{route.Match.Explain(facts).FirstOrDefault()}");

    /// <summary>
    /// Routes that can never win here, each with one that always wins before it. What it lists is certain; it does not list
    /// all, since conditions are compared as they are written.
    /// </summary>
    public IReadOnlyList<(string RouteId, string ByRouteId)> FindUnreachable() => _unreachable ??= FindCovered();

    private static StartTlsProtocol? GreetingOf(RouteEntry[] entries)
    {
        var names = entries.Where(entry => !entry.Route.Match.Protocols.IsEmpty || entry.Route.Match.NeedsRawBytes)
            .Select(entry => entry.Route.Config.Match?.Protocols is [var one] ? one : "").Distinct().Take(2).ToList();
        return names is [var name] ? StartTlsProtocol.OfGreeting(name) : null;
    }

    private IReadOnlyList<(string RouteId, string ByRouteId)> FindCovered()
    {
        var lists = new List<RouteEntry[]>();
        var covered = _entries.Select(entry => (entry.Route, Covering: FindCovering(entry, lists))).Where(item => item.Covering is not null).ToList();
        if (covered.Count == 0)
            return [];
        var entries = _entries.CountBy(entry => entry.Route).ToDictionary();
        return [.. covered.GroupBy(item => item.Route).Where(route => route.Count() == entries[route.Key]).Select(route => (route.Key.Id, route.First().Covering!.Route.Id))];
    }

    private RouteEntry? FindCovering(RouteEntry entry, List<RouteEntry[]> lists)
    {
        lists.Clear();
        _index.AddPossiblyCovering(entry, lists);
        var comparisons = 0;
        foreach (var list in lists)
        {
            foreach (var other in list)
            {
                if (comparisons++ == MaxComparisons)
                    return null;
                if (other.Rank >= entry.Rank)
                    break;
                if (other.Route != entry.Route && other.Covers(entry))
                    return other;
            }
        }
        return null;
    }

    private static string Join(IReadOnlyList<RouteModel> routes, int most, int longest, Func<RouteModel, string> explain) => routes.Count == 0 ? "There is none." : Quote.Plain(
        string.Join("; ", routes.Take(most).Select(route => $"{route.Id}: {explain(route)}")) + (routes.Count > most ? "; ..." : ""), longest);
}
