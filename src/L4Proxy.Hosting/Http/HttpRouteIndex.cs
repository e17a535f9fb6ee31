using L4Proxy.Configuration;
using L4Proxy.Names;
using L4Proxy.Routing;
using L4Proxy.Snapshot;

namespace L4Proxy.Http;

/// <summary>
/// The routes of HTTP requests of one endpoint, by host. A look-up probes one dictionary with the host and each of its parents, so its cost grows with the host's labels
/// and not with the routes.
/// </summary>
/// <remarks>The precedence is that of <see cref="RouteTable"/>, with the longer path before the number of conditions.</remarks>
internal sealed class HttpRouteIndex
{
    private readonly Dictionary<string, List<Entry>>.AlternateLookup<ReadOnlySpan<char>> _names;

    // Those of any host.
    private readonly List<Entry> _anywhere;

    /// <summary>Indexes the routes of an endpoint that are of requests.</summary>
    public HttpRouteIndex(EndpointModel endpoint)
        : this(endpoint.Routes.Needs.Http ? endpoint.Routes.RoutesWhere(route => route.Config.IsHttp) : [], endpoint.Routes.NamesOf)
    {
        IsShared = endpoint.IsShared;
        IsAllThereIs = !endpoint.IsShared && !endpoint.Routes.RoutesWhere(route => route.Action == L4RouteAction.Http && !route.Config.IsHttp).Any();
        AsksOfConnection = endpoint.Routes.Needs.Http && endpoint.Routes.RoutesWhere(route => route.Config.IsHttp && !route.Match.HasOnlyNames).Any();
    }

    private HttpRouteIndex(IEnumerable<RouteModel> routes, Func<RouteModel, HttpNames> namesOf)
    {
        var names = new Dictionary<string, List<Entry>>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in routes.SelectMany(route => EntriesOf(route, namesOf(route))))
        {
            if (names.TryGetValue(entry.Name.Host, out var ofName))
                ofName.Add(entry);
            else
                names.Add(entry.Name.Host, [entry]);
        }
        // The best one first: of those behind it nothing is asked.
        foreach (var ofName in names.Values.Where(ofName => ofName.Count > 1))
            ofName.Sort(Compare);
        _anywhere = names.GetValueOrDefault("", []);
        _names = names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The routes that are on every endpoint of Kestrel's; null where there is none.</summary>
    public static HttpRouteIndex? OfKestrel(ProxySnapshot snapshot)
    {
        List<RouteModel> routes = [.. snapshot.HttpRoutes.Where(route => route.Config.IsOnKestrel)];
        return routes.Count == 0 ? null : new HttpRouteIndex(routes, static _ => HttpNames.Both);
    }

    /// <summary>Whether the endpoint is one of Kestrel's, which serves what no route takes.</summary>
    public bool IsShared { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _names.Dictionary.Count == 0;

    /// <summary>Whether a route wants something of the connection, beside its TLS.</summary>
    public bool AsksOfConnection { get; }

    /// <summary>Whether no other request is served at the endpoint: no route of it leads to the application itself.</summary>
    public bool IsAllThereIs { get; }

    /// <summary>The route that takes a request.</summary>
    /// <param name="host">What it asks for, without a port.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isTls">Whether it came over TLS.</param>
    /// <param name="connection">What is known of its connection.</param>
    /// <param name="hasEndedTls">Whether the client's TLS has ended where routes that end it say.</param>
    public RouteModel? Find(ReadOnlySpan<char> host, string path, bool isTls, in ConnectionFacts connection, bool hasEndedTls)
    {
        Entry? best = null;
        var name = host.TrimEnd('.');
        for (var isWhole = true; !name.IsEmpty; isWhole = false)
        {
            foreach (var entry in _names.TryGetValue(name, out var entries) ? entries : [])
            {
                if ((entry.Name.Kind == ServerNameKind.Exact) == isWhole && HasLabels(entry.Name, host, name) && (best is null || Compare(entry, best) < 0) && entry.Takes(path, isTls, connection, hasEndedTls))
                    best = entry;
            }
            var dot = name.IndexOf('.');
            name = dot < 0 ? default : name[(dot + 1)..];
        }
        foreach (var entry in _anywhere)
        {
            if (entry.Name.IsMatch(host) && (best is null || Compare(entry, best) < 0) && entry.Takes(path, isTls, connection, hasEndedTls))
                best = entry;
        }
        return best?.Route;
    }

    // What captures labels takes as many as it captures.
    private static bool HasLabels(ServerNamePattern pattern, ReadOnlySpan<char> host, ReadOnlySpan<char> suffix) =>
        pattern.Kind != ServerNameKind.Labels || host.TrimEnd('.')[..^(suffix.Length + 1)].Count('.') + 1 == pattern.CaptureNames.Count;

    private static IEnumerable<Entry> EntriesOf(RouteModel route, HttpNames names) =>
        from name in route.Match.Hosts
        from prefix in route.Config.Match?.Path ?? [""]
        select new Entry(route, name, prefix, names);

    private static int Compare(Entry left, Entry right)
    {
        var result = left.Route.Order.CompareTo(right.Route.Order);
        if (result == 0)
            result = ServerNameSpecificity.Compare(right.Name.Specificity, left.Name.Specificity);
        if (result == 0)
            result = right.Prefix.Length.CompareTo(left.Prefix.Length);
        if (result == 0)
            result = right.Route.Match.ConditionCount.CompareTo(left.Route.Match.ConditionCount);
        return result != 0 ? result : string.CompareOrdinal(left.Route.Id, right.Route.Id);
    }

    /// <summary>A route by one of its names and one of its paths.</summary>
    private sealed record Entry(RouteModel Route, ServerNamePattern Name, string Prefix, HttpNames Names)
    {
        private readonly bool _isOfTls = Names.HasFlag(HttpNames.OfTls);
        private readonly bool _isOfRequests = Names.HasFlag(HttpNames.OfRequests);
        private readonly bool _endsTls = Route.Config.EndsTls;

        public bool Takes(string path, bool isTls, in ConnectionFacts connection, bool hasEndedTls) =>
            (isTls ? _isOfTls : _isOfRequests) && path.StartsWith(Prefix, StringComparison.Ordinal)
            && (hasEndedTls || !_endsTls)
            && (Route.Match.HasOnlyNames || Route.Match.Evaluate(connection) == ConditionResult.True);
    }
}
