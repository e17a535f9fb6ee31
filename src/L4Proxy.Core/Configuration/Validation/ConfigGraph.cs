using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing.Conditions;

namespace L4Proxy.Configuration.Validation;

/// <summary>
/// A configuration with its URLs and addresses read, once, for the checks and for the run time, and with what its parts say of each other: which routes lead
/// to a cluster, which endpoints a route is on.
/// </summary>
internal sealed class ConfigGraph
{
    // Of so many, looking through all routes for each is cheaper than sorting them by cluster.
    private const int FewClusters = 4;

    private readonly IReadOnlyList<string> _ownStreams;
    private readonly Dictionary<IReadOnlyList<string>, AddressRangeSet> _ranges = new(ReferenceEqualityComparer.Instance);
    private readonly ConfigChanges _changes;

    /// <summary>Looks through a configuration, which may be wrong in any way; <paramref name="findings"/> hears of each URL and address that is none.</summary>
    public ConfigGraph(L4Config config, ConfigPath path, Findings findings, ConfigGraph? before = null)
    {
        Config = config;
        Endpoints = Given(config.Endpoints);
        Routes = Given(config.Routes);
        Clusters = before is not null && ReferenceEquals(config.Clusters, before.Config.Clusters) ? before.Clusters : Given(config.Clusters);
        _changes = new ConfigChanges(this, before);
        NewRoutes = _changes.NewOf(Routes);
        NewClusters = _changes.NewOf(Clusters);
        ReadRanges(config.ForwardedHeaders?.Trusted, path["ForwardedHeaders"]["Trusted"], findings);
        foreach (var (id, endpoint) in Endpoints)
            Read(id, endpoint, path["Endpoints"][id], findings);
        foreach (var (id, route) in Routes)
        {
            if (route.Firewall is not null)
                ReadFirewall(route.Firewall, path["Routes"][id], findings);
        }
        // What was read of clusters that are the same is taken over, as one block.
        before = _changes.IsAllNew ? null : before;
        HasSameClusters = before is not null && ReferenceEquals(Clusters, before.Clusters);
        Addresses = before is null ? [] : HasSameClusters ? before.Addresses : new(before.Addresses);
        HealthAddresses = HasSameClusters ? before!.HealthAddresses : new(before?.HealthAddresses ?? [], ReferenceEqualityComparer.Instance);
        foreach (var id in _changes.OtherClusters)
            Forget(id, before!);
        foreach (var (id, cluster) in HasSameClusters ? [] : Clusters.Where(item => !_changes.IsSameCluster(item.Key)))
            Addresses[id] = Read(cluster, path["Clusters"][id]["Destinations"], findings);
        _ownStreams = [.. Endpoints.Where(item => item.Value.Url is not null && !(Urls.TryGetValue(item.Key, out var url) && url.IsUdp)).Select(item => item.Key)];
    }

    /// <summary>Nothing at all.</summary>
    public static ConfigGraph Empty { get; } = new(new L4Config(), new ConfigPath(ConfigReader.SectionName), new Findings([], []));

    /// <summary>As the user wrote it.</summary>
    public L4Config Config { get; }

    /// <summary>The endpoints.</summary>
    public Dictionary<string, L4Endpoint> Endpoints { get; }

    /// <summary>The routes.</summary>
    public Dictionary<string, L4Route> Routes { get; }

    /// <summary>The clusters.</summary>
    public Dictionary<string, L4Cluster> Clusters { get; }

    /// <summary>The routes of which something new can be said: <see cref="ConfigChanges"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, L4Route>> NewRoutes { get; }

    /// <summary>The clusters of which something new can be said.</summary>
    public IReadOnlyList<KeyValuePair<string, L4Cluster>> NewClusters { get; }

    /// <summary>The ids of those, and of the routes that are gone; null where all are new.</summary>
    public IReadOnlySet<string>? OtherRoutes => _changes.OtherRoutes;

    /// <summary>Whether all clusters are what they were in the configuration before.</summary>
    public bool HasSameClusters { get; }

    /// <summary>Whether a route is what it was in the configuration before, and leads where it led.</summary>
    public bool IsSettledRoute(string id) => _changes.IsSettledRoute(id);

    /// <summary>Whether a cluster is what it was in the configuration before, whatever leads to it.</summary>
    public bool IsSameCluster(string id) => _changes.IsSameCluster(id);

    /// <summary>Whether a cluster is what it was in the configuration before, and so are all routes to it.</summary>
    public bool IsSettledCluster(string id) => _changes.IsSettledCluster(id);

    /// <summary>The routes of which something was found odd.</summary>
    public IReadOnlySet<string> SaidOfRoutes { get; private set; } = new HashSet<string>();

    /// <summary>The clusters of which something was found odd.</summary>
    public IReadOnlySet<string> SaidOfClusters { get; private set; } = new HashSet<string>();

    /// <summary>The URLs of endpoints that have a right one.</summary>
    public Dictionary<string, EndpointUrl> Urls { get; } = [];

    /// <summary>The addresses of destinations that have a right one, by cluster.</summary>
    public Dictionary<string, Dictionary<string, DestinationAddress>> Addresses { get; }

    /// <summary>Where destinations are probed that have a right address of their own for it.</summary>
    public Dictionary<L4Destination, DestinationAddress> HealthAddresses { get; }

    /// <summary>The routes that proxy to a cluster.</summary>
    public IEnumerable<KeyValuePair<string, L4Route>> RoutesTo(string clusterId) => NewClusters.Count <= FewClusters
        ? Routes.Where(item => item.Value.ClusterId == clusterId && IsProxy(item.Value))
        : RoutesByCluster[clusterId];

    private ILookup<string, KeyValuePair<string, L4Route>> RoutesByCluster =>
        field ??= Routes.Where(item => item.Value.ClusterId is not null && IsProxy(item.Value)).ToLookup(item => item.Value.ClusterId!);

    /// <summary>The routes of HTTP requests.</summary>
    public IReadOnlyList<KeyValuePair<string, L4Route>> HttpRoutes => field ??= [.. Routes.Where(item => item.Value.IsHttp)];

    /// <summary>The files that are named.</summary>
    public NamedFiles Files => field ??= new NamedFiles(this);

    /// <summary>Whether routes lead to a cluster, and each of them is on UDP endpoints alone.</summary>
    public bool LeadsUdpOnly(string clusterId) =>
        RoutesTo(clusterId).Any() && RoutesTo(clusterId).All(route => !route.Value.IsOnKestrel && EndpointsOf(route.Value).All(IsUdp));

    /// <summary>The ranges that a list of the configuration gives; null where there is none.</summary>
    public AddressRangeSet? RangesOf(IReadOnlyList<string>? list) => list is null ? null : _ranges[list];

    /// <summary>Whether a route leads to a cluster.</summary>
    public static bool IsProxy(L4Route route) => L4Route.Keys.Action.Of(route) == L4RouteAction.Proxy;

    /// <summary>Whether an endpoint is UDP. The id may be anything.</summary>
    public bool IsUdp(string? endpointId) => endpointId is not null && Urls.TryGetValue(endpointId, out var url) && url.IsUdp;

    /// <summary>Whether an endpoint ends TLS for every route (<c>tls://</c>).</summary>
    public bool IsTls(string? endpointId) => endpointId is not null && Urls.TryGetValue(endpointId, out var url) && url.Scheme == EndpointScheme.Tls;

    /// <summary>Whether a route ends TLS on an endpoint.</summary>
    public bool EndsTls(L4Route route, string? endpointId) => route.Action != L4RouteAction.Reject && (route.EndsTls || IsTls(endpointId));

    /// <summary>Whether a route ends TLS on one of its endpoints.</summary>
    public bool EndsTls(L4Route route) => EndpointsOf(route).Any(endpoint => EndsTls(route, endpoint));

    /// <summary>Whether an endpoint, which may not exist, reads PROXY headers.</summary>
    public bool ReadsProxyHeaders(string endpoint) => Endpoints.TryGetValue(endpoint, out var config)
        && config.ProxyProtocol?.Mode is L4ProxyProtocolMode.Optional or L4ProxyProtocolMode.Required;

    /// <summary>The ids of the endpoints that a route is on; perhaps ones that do not exist.</summary>
    public IReadOnlyList<string> EndpointsOf(L4Route route) => route.IsOnKestrel ? [] : route.Endpoints ?? _ownStreams;

    /// <summary>Keeps in mind of what something was said: it is said again of the next configuration.</summary>
    public void Remember(IEnumerable<L4ConfigError> said, ConfigPath path)
    {
        var paths = said.Select(item => item.Path).ToList();
        SaidOfRoutes = IdsIn(paths, path["Routes"]);
        SaidOfClusters = IdsIn(paths, path["Clusters"]);
    }

    private static HashSet<string> IdsIn(List<string> paths, ConfigPath map)
    {
        var start = $"{map}:";
        // No id has a colon.
        return [.. paths.Where(path => path.StartsWith(start, StringComparison.Ordinal)).Select(path => path[start.Length..].Split(':', 2)[0])];
    }

    private void Read(string id, L4Endpoint endpoint, ConfigPath path, Findings findings)
    {
        if (Read<EndpointUrl>(endpoint.Url, EndpointUrl.TryParse, path["Url"], findings) is { } url)
            Urls.Add(id, url);
        ReadFirewall(endpoint.Firewall, path, findings);
        ReadRanges(endpoint.ProxyProtocol?.Trusted, path["ProxyProtocol"]["Trusted"], findings, ProxyHeaderPolicy.UnixPeers);
    }

    private void Forget(string id, ConfigGraph before)
    {
        Addresses.Remove(id);
        foreach (var destination in before.Clusters.GetValueOrDefault(id)?.Destinations?.Values ?? [])
            HealthAddresses.Remove(destination);
    }

    private Dictionary<string, DestinationAddress> Read(L4Cluster cluster, ConfigPath path, Findings findings)
    {
        var addresses = new Dictionary<string, DestinationAddress>();
        foreach (var (id, destination) in Given(cluster.Destinations))
        {
            if (destination.Address is null)
                findings.Error(path[id]["Address"], "A destination needs an address, as in 'host:port'.");
            else if (Read<DestinationAddress>(destination.Address, DestinationAddress.TryParse, path[id]["Address"], findings) is { } address)
                addresses.Add(id, address);
            if (Read<DestinationAddress>(destination.HealthAddress, DestinationAddress.TryParse, path[id]["HealthAddress"], findings) is { } probed)
                HealthAddresses[destination] = probed;
        }

        return addresses;
    }

    private void ReadFirewall(L4Firewall? firewall, ConfigPath path, Findings findings)
    {
        ReadRanges(firewall?.Allow, path["Firewall"]["Allow"], findings);
        ReadRanges(firewall?.Deny, path["Firewall"]["Deny"], findings);
    }

    private void ReadRanges(IReadOnlyList<string>? texts, ConfigPath path, Findings findings, string? also = null)
    {
        if (texts is null)
            return;
        var ranges = new List<AddressRange>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] != also && Read<AddressRange>(texts[i], AddressRange.TryParse, path[i], findings) is { } range)
                ranges.Add(range);
        }

        _ranges[texts] = new AddressRangeSet(ranges);
    }

    private static T? Read<T>(string? text, Texts.Form<T> form, ConfigPath path, Findings findings)
        where T : class
    {
        if (text is null)
            return null;
        if (!form(text, out var value, out var error))
            findings.Error(path, Quote.Plain(error!, maxLength: 512));
        return value;
    }

    // Code may put null where a nullable context says that there is none.
    private static Dictionary<string, T> Given<T>(IReadOnlyDictionary<string, T>? items)
        where T : class =>
        items switch
        {
            null => [],
            // Copied as a block.
            Dictionary<string, T> known when !known.ContainsValue(null!) => new(known),
            _ => items.Where(item => item.Value is not null).ToDictionary(),
        };
}
