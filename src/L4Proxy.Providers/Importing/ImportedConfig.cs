using L4Proxy.Configuration;

namespace L4Proxy.Providers.Importing;

/// <summary>The configuration while it is put together, with an id of its own for everything.</summary>
internal sealed class ImportedConfig
{
    private const int MaxIdLength = 100;

    private readonly Dictionary<string, L4Endpoint> _endpoints = [];
    private readonly Dictionary<string, L4Route> _routes = [];
    private readonly Dictionary<string, L4Cluster> _clusters = [];
    private readonly Dictionary<string, string> _endpointsByUrl = [];
    private readonly Dictionary<string, int> _routesOf = [];

    // Where HTTP is served, ids that differ in their case alone are the same.
    private readonly HashSet<string> _endpointIds = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _routeIds = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _clusterIds = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An endpoint that listens on an address; the same one where there is one already.</summary>
    /// <returns>Its id.</returns>
    public string Endpoint(string name, L4Endpoint endpoint)
    {
        if (_endpointsByUrl.TryGetValue(endpoint.Url!, out var known))
        {
            _endpoints[known] = _endpoints[known] with { Certificates = _endpoints[known].Certificates ?? endpoint.Certificates };
            return known;
        }
        var id = IdOf(name, _endpointIds);
        _endpoints.Add(id, endpoint);
        _endpointsByUrl.Add(endpoint.Url!, id);
        return id;
    }

    /// <summary>Gives an endpoint its certificates.</summary>
    public void Certify(string endpoint, IReadOnlyList<L4Certificate> certificates) => _endpoints[endpoint] = _endpoints[endpoint] with { Certificates = certificates };

    /// <summary>A cluster.</summary>
    /// <returns>Its id.</returns>
    public string Cluster(string name, L4Cluster cluster)
    {
        var id = IdOf(name, _clusterIds);
        _clusters.Add(id, cluster);
        return id;
    }

    /// <summary>A route, behind all others of its endpoints: elsewhere the first that matches is taken, however specific another is.</summary>
    public void Route(string name, L4Route route)
    {
        var order = route.Endpoints!.Max(endpoint => _routesOf.GetValueOrDefault(endpoint));
        foreach (var endpoint in route.Endpoints!)
            _routesOf[endpoint] = order + 1;
        OrderedRoute(name, route with { Order = order });
    }

    /// <summary>A route whose place among the others is its own to say.</summary>
    public void OrderedRoute(string name, L4Route route) => _routes.Add(IdOf(name, _routeIds), route);

    /// <summary>Drops endpoints and clusters that no route has: where nothing is served nothing is listened on, and nothing is probed that nobody is led to.</summary>
    public void DropUnused()
    {
        var endpoints = _routes.Values.SelectMany(route => route.Endpoints ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _endpoints.Keys.Where(id => !endpoints.Contains(id)).ToList())
            _endpoints.Remove(id);
        var clusters = _routes.Values.Select(route => route.ClusterId).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _clusters.Keys.Where(id => !clusters.Contains(id)).ToList())
            _clusters.Remove(id);
    }

    public L4Config Build() => new() { Endpoints = _endpoints, Routes = _routes, Clusters = _clusters };

    /// <summary>A name as an id may be: what an id has no room for is a hyphen, and of two that are the same the second has a number.</summary>
    public static string IdOf(string name, HashSet<string> taken)
    {
        var text = string.Concat(name.Take(MaxIdLength).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
        if (text.Length == 0 || !char.IsAsciiLetterOrDigit(text[0]))
            text = "x" + text;
        var id = text;
        for (var number = 2; !taken.Add(id); number++)
            id = $"{text}-{number}";
        return id;
    }
}
