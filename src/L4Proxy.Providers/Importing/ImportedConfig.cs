using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Importing;

/// <summary>The configuration while it is put together, with an id of its own for everything.</summary>
internal sealed class ImportedConfig
{
    private readonly ImportedIds _endpointIds = new();
    private readonly ImportedIds _routeIds = new();
    private readonly ImportedIds _clusterIds = new();
    private readonly Dictionary<string, L4Endpoint> _endpoints = [];
    private readonly Dictionary<string, L4Route> _routes = [];
    private readonly Dictionary<string, L4Cluster> _clusters = [];
    private readonly Dictionary<string, int> _routesOf = [];
    private readonly Dictionary<string, string> _endpointsByUrl = [];
    private readonly Dictionary<(string Name, string Text), string> _clustersByText = [];

    /// <summary>Whether there are as many routes as are made of one file.</summary>
    public bool IsFull => _routes.Count >= SourceSize.MaxAllRoutes;

    /// <summary>Everything that is the whole section's.</summary>
    public L4Config Section { get; set; } = new();

    /// <summary>An endpoint that listens on an address; the same one where there is one already.</summary>
    /// <returns>Its id.</returns>
    public string Endpoint(string name, L4Endpoint endpoint)
    {
        if (_endpointsByUrl.TryGetValue(endpoint.Url!, out var known))
        {
            _endpoints[known] = _endpoints[known] with { Certificates = _endpoints[known].Certificates ?? endpoint.Certificates };
            return known;
        }
        var id = _endpointIds.Next(name);
        _endpoints.Add(id, endpoint);
        _endpointsByUrl.Add(endpoint.Url!, id);
        return id;
    }

    /// <summary>Says more of an endpoint.</summary>
    public void Change(string endpoint, Func<L4Endpoint, L4Endpoint> change) => _endpoints[endpoint] = change(_endpoints[endpoint]);

    /// <summary>A cluster.</summary>
    /// <returns>Its id.</returns>
    public string Cluster(string name, L4Cluster cluster)
    {
        var id = _clusterIds.Next(name);
        _clusters.Add(id, cluster);
        return id;
    }

    /// <summary>A cluster; the same one where one of this name says the same, so that what it counts is counted together.</summary>
    /// <returns>Its id.</returns>
    public string SharedCluster(string name, L4Cluster cluster)
    {
        var text = System.Text.Encoding.UTF8.GetString(ConfigWriter.Write(L4Cluster.Keys.Shape, cluster));
        if (!_clustersByText.TryGetValue((name, text), out var id))
            _clustersByText.Add((name, text), id = Cluster(name, cluster));
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
    public void OrderedRoute(string name, L4Route route) => _routes.Add(_routeIds.Next(name), route);

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

    public L4Config Build() => Section with { Endpoints = _endpoints, Routes = _routes, Clusters = _clusters };
}
