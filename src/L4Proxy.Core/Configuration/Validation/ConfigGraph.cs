namespace L4Proxy.Configuration.Validation;

/// <summary>A configuration with what its parts say of each other: which URLs there are, which routes lead to a cluster, which endpoints a route is on.</summary>
internal sealed class ConfigGraph
{
    private readonly IReadOnlyList<string> _ownStreams;

    /// <summary>Looks through a configuration, which may be wrong in any way.</summary>
    public ConfigGraph(L4Config config)
    {
        Endpoints = Given(config.Endpoints);
        Routes = Given(config.Routes);
        Clusters = Given(config.Clusters);
        Urls = [];
        foreach (var (id, endpoint) in Endpoints)
        {
            if (endpoint.Url is not null && EndpointUrl.TryParse(endpoint.Url, out var url, out _))
                Urls.Add(id, url);
        }

        _ownStreams = [.. Endpoints.Where(item => item.Value.Url is not null && !(Urls.TryGetValue(item.Key, out var url) && url.IsUdp)).Select(item => item.Key)];
        RoutesByCluster = Routes.Where(item => IsProxy(item.Value) && item.Value.ClusterId is not null)
            .ToLookup(item => item.Value.ClusterId!);
    }

    /// <summary>The endpoints.</summary>
    public Dictionary<string, L4Endpoint> Endpoints { get; }

    /// <summary>The routes.</summary>
    public Dictionary<string, L4Route> Routes { get; }

    /// <summary>The clusters.</summary>
    public Dictionary<string, L4Cluster> Clusters { get; }

    /// <summary>The URLs of endpoints that have a right one.</summary>
    public Dictionary<string, EndpointUrl> Urls { get; }

    /// <summary>The routes that proxy to a cluster.</summary>
    public ILookup<string, KeyValuePair<string, L4Route>> RoutesByCluster { get; }

    /// <summary>Whether a route leads to a cluster.</summary>
    public static bool IsProxy(L4Route route) => L4Route.Keys.Action.Of(route) == L4RouteAction.Proxy;

    /// <summary>Whether an endpoint is UDP. The id may be anything.</summary>
    public bool IsUdp(string? endpointId) => endpointId is not null && Urls.TryGetValue(endpointId, out var url) && url.IsUdp;

    /// <summary>Whether an endpoint ends TLS for every route (<c>tls://</c>).</summary>
    public bool IsTls(string? endpointId) => endpointId is not null && Urls.TryGetValue(endpointId, out var url) && url.Scheme == EndpointScheme.Tls;

    /// <summary>Whether a route ends TLS on an endpoint.</summary>
    public bool EndsTls(L4Route route, string? endpointId) => route.Action != L4RouteAction.Reject && (route.Tls == L4RouteTls.Terminate || IsTls(endpointId));

    /// <summary>Whether an endpoint, which may not exist, reads PROXY headers.</summary>
    public bool ReadsProxyHeaders(string endpoint) => Endpoints.TryGetValue(endpoint, out var config)
        && config.ProxyProtocol?.Mode is L4ProxyProtocolMode.Optional or L4ProxyProtocolMode.Required;

    /// <summary>The ids of the endpoints that a route is on; perhaps ones that do not exist.</summary>
    public IReadOnlyList<string> EndpointsOf(L4Route route) => route.Endpoints ?? _ownStreams;

    // Code may put null where a nullable context says that there is none.
    private static Dictionary<string, T> Given<T>(IReadOnlyDictionary<string, T>? items)
        where T : class =>
        items is null ? [] : items.Where(item => item.Value is not null).ToDictionary();
}
