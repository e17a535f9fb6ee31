using L4Proxy.Configuration.Reading;
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

    // Between two entries as they are first: others get in between, and those that are there stay as they are.
    private const int RankStep = 1 << 12;

    // Of more new ones, looking at all is cheaper than at all for each.
    private const int FewAdded = 8;

    private readonly PortIndex _index;
    private readonly RouteEntry[] _entries;
    private readonly HttpNames _httpNames;
    private RouteEntry[]? _unlooked;
    private IReadOnlyList<(string RouteId, string ByRouteId)>? _unreachable;

    /// <summary>Makes a table of entries in their order.</summary>
    /// <param name="entries">The entries, ranked.</param>
    /// <param name="httpNames">Where those of HTTP requests find their names.</param>
    /// <param name="unlooked">Those without which each route can win; null where that is not known.</param>
    private RouteTable(RouteEntry[] entries, HttpNames httpNames, RouteEntry[]? unlooked = null)
    {
        (_entries, _httpNames, _unlooked) = (entries, httpNames, unlooked);
        foreach (var entry in entries)
            Needs |= entry.Needs;
        _index = new PortIndex(entries, Needs.Ports);
        // Whoever looks at all can say what name was asked for.
        Protocols = Needs.Bytes ? Needs.Protocols | PrefaceParsers.Tls : Needs.Protocols;
        Greeting = Needs.Bytes ? GreetingOf(entries) : null;
    }

    /// <summary>What any of the routes needs.</summary>
    public RouteNeeds Needs { get; }

    /// <summary>The protocols that the client's first bytes are to be looked at for. Where there are none, a server may speak first.</summary>
    public ProtocolSet Protocols { get; }

    /// <summary>The protocol whose servers speak first, where every route that looks at bytes names it and no other; else null.</summary>
    public StartTlsProtocol? Greeting { get; }

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
    /// <exception cref="ArgumentException">The validator would not have accepted a match.</exception>
    public static RouteTable Create(IReadOnlyCollection<RouteModel> routes, HttpNames httpNames = HttpNames.Both) => new(Ranked(Sorted(routes, httpNames)), httpNames);

    /// <summary>The table of other routes than before. Of the same it is the same; one new route among thousands is a walk along them.</summary>
    /// <param name="added">The routes that were not in it.</param>
    /// <param name="gone">Those that are in it no longer.</param>
    /// <param name="httpNames">Where those of HTTP requests find their names. If that is elsewhere than before, all are new.</param>
    /// <param name="before">That of the endpoint before; null where there is none.</param>
    /// <exception cref="ArgumentException">The validator would not have accepted a match.</exception>
    public static RouteTable Create(IReadOnlyCollection<RouteModel> added, IReadOnlyCollection<RouteModel> gone, HttpNames httpNames, RouteTable? before)
    {
        if (before is null || before._httpNames != httpNames)
            return Create(added, httpNames);
        if (added.Count + gone.Count == 0)
            return before;
        var news = Sorted(added, httpNames);
        var entries = before.With(news, [.. gone]);
        if (HaveRoom(entries, news))
            return new RouteTable(entries, httpNames, before._unreachable is { Count: 0 } && added.Count <= FewAdded ? news : null);
        // They are others then, and all are looked at.
        return new RouteTable(Ranked(Array.ConvertAll(entries, entry => entry.Copy())), httpNames);
    }

    private static RouteEntry[] Sorted(IEnumerable<RouteModel> routes, HttpNames httpNames)
    {
        var entries = routes.SelectMany(route => RouteEntry.Of(route, httpNames)).ToArray();
        Array.Sort(entries, RouteEntry.Compare);
        return entries;
    }

    private static RouteEntry[] Ranked(RouteEntry[] entries)
    {
        var step = Math.Min(RankStep, int.MaxValue / (entries.Length + 1));
        for (var i = 0; i < entries.Length; i++)
            entries[i].Rank = step * (i + 1);
        return entries;
    }

    /// <summary>The entries with some more, which are sorted, and without those of some routes.</summary>
    private RouteEntry[] With(RouteEntry[] added, HashSet<RouteModel> gone)
    {
        var kept = gone.Count == 0 ? _entries : Array.FindAll(_entries, entry => !gone.Contains(entry.Route));
        if (added.Length == 0)
            return kept;
        var entries = new RouteEntry[kept.Length + added.Length];
        var (from, to) = (0, 0);
        foreach (var entry in added)
        {
            var found = Array.BinarySearch(kept, from, kept.Length - from, entry, RouteEntry.ByPrecedence);
            var at = found < 0 ? ~found : found;
            Array.Copy(kept, from, entries, to, at - from);
            (to, from) = (to + at - from, at);
            entries[to++] = entry;
        }
        Array.Copy(kept, from, entries, to, kept.Length - from);
        return entries;
    }

    /// <summary>Gives new entries ranks between those of their neighbours, which others look at meanwhile; false where there is no room.</summary>
    private static bool HaveRoom(RouteEntry[] entries, RouteEntry[] added)
    {
        for (var (i, next) = (0, 0); next < added.Length; i++)
        {
            if (entries[i] != added[next])
                continue;
            var first = next;
            while (++next < added.Length && entries[i + next - first] == added[next])
            {
            }
            var after = i + next - first;
            var low = i == 0 ? 0 : entries[i - 1].Rank;
            var step = ((after < entries.Length ? entries[after].Rank : low + ((next - first + 1L) * RankStep)) - low) / (next - first + 1);
            if (step == 0 || low + (step * (next - first)) >= int.MaxValue)
                return false;
            for (var rank = low; first < next; first++)
                added[first].Rank = rank += (int)step;
            i = after;
        }
        return true;
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
    public IReadOnlyList<(string RouteId, string ByRouteId)> FindUnreachable()
    {
        _unreachable ??= FindCovered(_unlooked is null ? _entries : Suspects(_unlooked));
        _unlooked = null;
        return _unreachable;
    }

    /// <summary>The entries of routes that may be unreachable, where without some entries none was: the routes of these, and those that they cover in part.</summary>
    private RouteEntry[] Suspects(RouteEntry[] added)
    {
        var suspects = added.Select(entry => entry.Route).ToHashSet();
        suspects.UnionWith(_entries.Where(entry => Array.Exists(added, other => other.CoversBehind(entry))).Select(entry => entry.Route));
        return Array.FindAll(_entries, entry => suspects.Contains(entry.Route));
    }

    private static StartTlsProtocol? GreetingOf(RouteEntry[] entries)
    {
        var asking = entries.Where(entry => entry.Route.Match is { Protocols.IsEmpty: false } or { NeedsRawBytes: true });
        return asking.FirstOrDefault() is { } first && OfOne(first) is { } name && asking.All(entry => OfOne(entry) == name) ? StartTlsProtocol.OfGreeting(name) : null;

        static string? OfOne(RouteEntry entry) => entry.Route.Config.Match?.Protocols is [var one] ? one : null;
    }

    private IReadOnlyList<(string RouteId, string ByRouteId)> FindCovered(RouteEntry[] among)
    {
        var lists = new List<RouteEntry[]>();
        var covered = among.Select(entry => (entry.Route, Covering: FindCovering(entry, lists))).Where(item => item.Covering is not null).ToList();
        if (covered.Count == 0)
            return [];
        var entries = among.CountBy(entry => entry.Route).ToDictionary();
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
