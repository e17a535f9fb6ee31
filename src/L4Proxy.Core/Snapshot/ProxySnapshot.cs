using System.Collections.Frozen;
using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Destinations;
using L4Proxy.Limits;
using L4Proxy.Routing;

namespace L4Proxy.Snapshot;

/// <summary>Everything that connections decide from, immutable. A reload makes a new one; live connections keep theirs.</summary>
internal sealed class ProxySnapshot
{
    public static ProxySnapshot Empty { get; } = new()
    {
        Revision = 0,
        Config = new L4Config(),
        Endpoints = FrozenDictionary<string, EndpointModel>.Empty,
        Clusters = new Dictionary<string, ClusterModel>(),
    };

    /// <summary>Counts the configurations that came into force.</summary>
    public required long Revision { get; init; }

    public required L4Config Config { get; init; }

    public required FrozenDictionary<string, EndpointModel> Endpoints { get; init; }

    public required IReadOnlyDictionary<string, ClusterModel> Clusters { get; init; }

    /// <summary>Whether nothing but the configuration says what the clusters are: no file, and no service of the application's.</summary>
    public bool AreClustersFirm { get; init; }

    /// <summary>The routes that endpoints and HTTP requests are matched against.</summary>
    public IReadOnlyDictionary<string, RouteModel> Routes { get; init; } = new Dictionary<string, RouteModel>();

    /// <summary>Whether nothing but the configuration says what the routes are: no file, and nothing that they count.</summary>
    public bool AreRoutesFirm { get; init; }

    /// <summary>What it was made of: the next one is compared with it.</summary>
    public ConfigGraph? Graph { get; init; }

    /// <summary>What the connections of routes are counted against, by the route's id.</summary>
    public IReadOnlyDictionary<string, ConnectionLimit> RouteLimits { get; init; } = FrozenDictionary<string, ConnectionLimit>.Empty;

    /// <summary>How fast the bytes of routes may pass, by the route's id.</summary>
    public IReadOnlyDictionary<string, Throttle> RouteThrottles { get; init; } = FrozenDictionary<string, Throttle>.Empty;

    /// <summary>
    /// Destinations of earlier configurations that are still connected to, by cluster: one that comes back meanwhile is the same
    /// again.
    /// </summary>
    public IReadOnlyList<(string ClusterId, DestinationModel Destination)> Leaving { get; set; } = [];

    /// <summary>The routes of HTTP requests.</summary>
    public IReadOnlyList<RouteModel> HttpRoutes { get; init; } = [];

    /// <summary>Who may say for whom a request is.</summary>
    public AddressRangeSet ForwardersTrusted { get; init; } = AddressRangeSet.Empty;

    /// <summary>Look names of destinations up; a reload that leaves <c>Dns</c> alone keeps what they know.</summary>
    public AddressResolvers? Resolvers { get; init; }

    /// <summary>Whether an endpoint of an earlier snapshot is still there, and listens on the port.</summary>
    public bool Serves(EndpointModel before, int port)
    {
        if (!Endpoints.TryGetValue(before.Id, out var now) || before.IsUdp != now.IsUdp || before.IsShared != now.IsShared)
            return false;
        return now.Url is not { Host: not EndpointHost.None, Ports: var ports } || ports.Low == 0 || (port >= ports.Low && port <= ports.High);
    }

    /// <summary>The destinations of a cluster, also those that are leaving it.</summary>
    public IEnumerable<DestinationModel> DestinationsOf(string clusterId) =>
        (Clusters.GetValueOrDefault(clusterId)?.Destinations ?? []).Concat(Leaving.Where(item => item.ClusterId == clusterId).Select(item => item.Destination));

    /// <summary>What will be <see cref="Leaving"/> if these clusters are the next ones.</summary>
    public IReadOnlyList<(string ClusterId, DestinationModel Destination)> LeftBy(IReadOnlyDictionary<string, ClusterModel> next) =>
        [.. AllDestinations(next).Where(item => item.Destination.State.Active > 0
            && next.GetValueOrDefault(item.ClusterId)?.Find(item.Destination.State) is null)];

    /// <summary>Comes into force after <paramref name="before"/>: destinations are what it says from now on.</summary>
    /// <param name="before">What is in force.</param>
    /// <param name="now">The coarse clock's: when those begin that join others.</param>
    public void Activate(ProxySnapshot before, long now)
    {
        // Whoever has connected since this was built is leaving, too.
        Leaving = before.LeftBy(Clusters);
        if (ReferenceEquals(Clusters, before.Clusters))
            return;
        var clusters = Clusters.Values.Where(cluster => !before.Has(cluster)).ToList();
        var destinations = clusters.SelectMany(cluster => cluster.Destinations).ToList();
        var kept = destinations.Select(destination => destination.State).ToHashSet();
        foreach (var (_, destination) in before.AllDestinations(Clusters).Where(item => !kept.Contains(item.Destination.State)))
            destination.State.Enabled = false;
        foreach (var cluster in clusters)
            cluster.State.Health.Configure(cluster.Health, [.. cluster.Destinations.Where(destination => destination.Enabled).Select(destination => destination.State)]);
        foreach (var destination in destinations)
        {
            var state = destination.State;
            // The first ones of a cluster have nobody to leave the work to meanwhile.
            if (destination.Enabled && !state.Enabled && before.Clusters.ContainsKey(state.Cluster.Id))
                state.Since = now;
            (state.Enabled, state.MaxConnections) = (destination.Enabled, destination.MaxConnections);
        }
        foreach (var gone in before.Clusters.Values.Where(cluster => Clusters.GetValueOrDefault(cluster.Id)?.State != cluster.State))
            gone.State.Current = null;
        foreach (var cluster in clusters)
            cluster.State.Current = cluster;
    }

    /// <summary>How long connections of an endpoint that is taken away may go on: by what the configuration says of it now, or said last, and not by what it said when they began.</summary>
    public TimeSpan DrainTimeoutOf(EndpointModel endpoint, ProxySnapshot before) =>
        (Endpoints.GetValueOrDefault(endpoint.Id) ?? before.Endpoints.GetValueOrDefault(endpoint.Id) ?? endpoint).DrainTimeout;

    private bool Has(ClusterModel cluster) => Clusters.GetValueOrDefault(cluster.Id) == cluster;

    /// <summary>Every destination, but not those of clusters that stay as they are.</summary>
    private IEnumerable<(string ClusterId, DestinationModel Destination)> AllDestinations(IReadOnlyDictionary<string, ClusterModel> next) => ReferenceEquals(next, Clusters)
        ? Leaving
        : Clusters.Values.Where(cluster => next.GetValueOrDefault(cluster.Id) != cluster)
            .SelectMany(cluster => cluster.Destinations.Select(destination => (cluster.Id, destination))).Concat(Leaving);

    /// <summary>How long a shutdown waits.</summary>
    public TimeSpan ShutdownTimeout => L4Config.Keys.ShutdownTimeout.Of(Config);
}
