using System.Collections;
using System.Collections.Frozen;
using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Destinations.Queueing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Files;
using L4Proxy.Destinations.Services;
using L4Proxy.Limits;
using L4Proxy.ProxyProtocol;
using L4Proxy.Requests;
using L4Proxy.Routing;
using L4Proxy.Routing.Conditions;
using L4Proxy.Routing.Matchers;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Snapshot;

/// <summary>A valid configuration and the state before it make the next snapshot.</summary>
internal sealed class SnapshotBuilder(
    AddressLookup lookup, FileStore files, TlsBuilder tls, LoadBalancingPolicies policies, TimeProvider time, ConnectionMatchers? matchers = null,
    IServiceEndpoints? services = null, HealthNews? news = null)
{
    private readonly ConditionSources _sources = new(time, matchers ?? ConnectionMatchers.None);

    public ProxySnapshot Build(ConfigGraph graph, ProxySnapshot previous)
    {
        var config = graph.Config;
        var areSame = graph.HasSameClusters && previous.AreClustersFirm;
        var resolvers = areSame ? previous.Resolvers! : new AddressResolvers(lookup, services, time);
        var clusters = areSame ? (Dictionary<string, ClusterModel>)previous.Clusters : BuildClusters(graph, previous, resolvers);
        var changes = areSame && previous.AreRoutesFirm && graph.OtherRoutes is { } others
            ? ChangedRoutes(others, graph, clusters, previous)
            : AllRoutes(graph, clusters, previous);
        var routes = changes.Now.Values;
        return new ProxySnapshot
        {
            Revision = previous.Revision + 1,
            Config = config,
            Graph = graph,
            Resolvers = resolvers,
            ForwardersTrusted = graph.RangesOf(config.ForwardedHeaders?.Trusted) ?? AddressRangeSet.Empty,
            HttpRoutes = changes.Others.Any(route => route.Config.IsHttp) ? [.. routes.Where(route => route.Config.IsHttp)] : previous.HttpRoutes,
            Clusters = clusters,
            AreClustersFirm = areSame || clusters.Values.All(IsFirm),
            Routes = changes.Now,
            AreRoutesFirm = changes.AreFirm,
            RouteLimits = changes.AreFirm ? FrozenDictionary<string, ConnectionLimit>.Empty
                : routes.Where(route => route.Limit is not null).ToDictionary(route => route.Id, route => route.Limit!),
            RouteThrottles = changes.AreFirm ? FrozenDictionary<string, Throttle>.Empty
                : routes.Where(route => route.Throttle is not null).ToDictionary(route => route.Id, route => route.Throttle!),
            Leaving = previous.LeftBy(clusters),
            Endpoints = BuildEndpoints(graph, changes, clusters, previous),
        };
    }

    /// <summary>Looks at every route.</summary>
    private RouteChanges AllRoutes(ConfigGraph graph, Dictionary<string, ClusterModel> clusters, ProxySnapshot previous)
    {
        var now = graph.Routes.ToDictionary(route => route.Key, route => RouteOf(route.Key, route.Value, graph, clusters, previous));
        return new(
            now, [.. now.Values.Where(route => previous.Routes.GetValueOrDefault(route.Id) != route)],
            [.. previous.Routes.Values.Where(route => now.GetValueOrDefault(route.Id) != route)], now.Values.All(route => IsFirm(route.Config)));
    }

    /// <summary>Looks at those alone that the configuration says are others, where nothing else can have changed.</summary>
    private RouteChanges ChangedRoutes(IReadOnlySet<string> others, ConfigGraph graph, Dictionary<string, ClusterModel> clusters, ProxySnapshot previous)
    {
        var now = new Dictionary<string, RouteModel>(previous.Routes);
        var (added, gone) = (new List<RouteModel>(), new List<RouteModel>());
        foreach (var id in others)
        {
            if (now.Remove(id, out var before))
                gone.Add(before);
        }
        foreach (var (id, config) in graph.NewRoutes)
        {
            now.Add(id, BuildRoute(id, config, graph, clusters, previous));
            added.Add(now[id]);
        }
        return new(now, added, gone, added.TrueForAll(route => IsFirm(route.Config)));
    }

    /// <summary>Whether nothing but the configuration says what a route is.</summary>
    private static bool IsFirm(L4Route config) => config is { Firewall: null, Throttle: null, Limits: null };

    private Dictionary<string, ClusterModel> BuildClusters(ConfigGraph graph, ProxySnapshot previous, AddressResolvers resolvers)
    {
        ClusterNames? plain = null;
        return graph.Clusters.ToDictionary(
            cluster => cluster.Key,
            cluster => ClusterOf(cluster.Key, cluster.Value, graph, previous, cluster.Value is { Dns: null, Socket: null } ? plain ??= NamesOf(null) : NamesOf(cluster.Value)));

        ClusterNames NamesOf(L4Cluster? cluster) => resolvers.For(AddressResolverOptions.From(graph.Config.Dns, cluster), previous.Resolvers);
    }

    /// <summary>Files are what they are now, and where services are is followed by each snapshot anew.</summary>
    private static bool IsFirm(ClusterModel cluster) => cluster.Tls is null && Array.TrueForAll(cluster.Destinations, destination => destination.Service is null);

    /// <summary>The one that is in force, where it would be made of the same once more.</summary>
    private ClusterModel ClusterOf(string id, L4Cluster config, ConfigGraph graph, ProxySnapshot previous, ClusterNames names) =>
        graph.IsSameCluster(id) && previous.Clusters.TryGetValue(id, out var same) && ReferenceEquals(same.Config, config) && same.Resolver == names.Hosts && IsFirm(same)
            ? same
            : BuildCluster(id, config, graph, previous, names);

    /// <summary>The one that is in force, where it would be made of the same once more.</summary>
    private RouteModel RouteOf(string id, L4Route config, ConfigGraph graph, Dictionary<string, ClusterModel> clusters, ProxySnapshot previous) =>
        graph.IsSettledRoute(id) && previous.Routes.TryGetValue(id, out var same) && ReferenceEquals(same.Config, config) && same.Cluster == (config.ClusterId is { } cluster ? clusters[cluster] : null)
            && IsFirm(config)
            ? same
            : BuildRoute(id, config, graph, clusters, previous);

    private ClusterModel BuildCluster(string id, L4Cluster config, ConfigGraph graph, ProxySnapshot previous, ClusterNames names)
    {
        var known = previous.DestinationsOf(id).ToList();
        // One that is there again while connections to its destinations go on is the same.
        var state = previous.Clusters.GetValueOrDefault(id)?.State ?? known.FirstOrDefault()?.State.Cluster ?? new ClusterState(id, news);
        // By id: the order of a JSON object means nothing, and IConfiguration keeps another.
        var destinations = graph.Addresses[id].OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select((item, index) => BuildDestination(item.Key, index, config.Destinations![item.Key], item.Value, graph, known, state, names)).ToArray();
        var enabled = Array.FindAll(destinations, destination => destination.Enabled);
        var balanced = new BalancedCluster(state, config, Array.FindAll(enabled, destination => !destination.IsBackup));
        var balancer = policies.Create(L4Cluster.Keys.LoadBalancingPolicy.Of(config), balanced)
            ?? throw new ArgumentException($"There is no policy '{config.LoadBalancingPolicy}'.", nameof(config));
        return new ClusterModel
        {
            Id = id,
            Config = config,
            Destinations = destinations,
            State = state,
            Health = HealthPolicy.From(config.HealthCheck),
            Resolver = names.Hosts,
            Picker = new DestinationPicker(enabled, state, balancer, (long)L4Cluster.Keys.SlowStart.Of(config).TotalMilliseconds),
            MaxAttempts = L4Retry.Keys.MaxAttempts.Of(config.Retry),
            Queue = QueueLimits.From(config.Queue),
            DrainTimeout = L4Cluster.Keys.DrainTimeout.Of(config),
            MaxDatagram = L4Udp.Keys.MaxDatagram.Of(config.Udp),
            Affinity = L4Udp.Keys.Affinity.Of(config.Udp),
            KeepAlive = L4Socket.Keys.KeepAlive.Of(config.Socket),
            DialOptions = new DialOptions(
                config.Socket?.ReceiveBuffer, config.Socket?.SendBuffer, L4Socket.Keys.UserTimeout.Of(config.Socket), LocalAddresses.From(config.Socket?.LocalAddresses)),
            Http = HttpSettings.From(config.Http),
            Check = ActiveCheck.From(config.HealthCheck?.Active),
            Tls = config.Tls is null ? null : tls.ForCluster(config.Tls),
            ProxyProtocol = config.ProxyProtocol is { Version: not null } header
                ? header with { Tlvs = header.Tlvs?.Distinct().ToArray(), Datagrams = L4ProxyProtocolOut.Keys.Datagrams.Of(header) }
                : null,
        };
    }

    /// <summary>
    /// A destination that is still the same, or again, keeps its state: what is connected to it still counts. Nothing is changed of
    /// it here: this configuration may never come into force.
    /// </summary>
    private static DestinationModel BuildDestination(
        string id, int index, L4Destination config, DestinationAddress address, ConfigGraph graph, List<DestinationModel> known, ClusterState cluster, ClusterNames names) => new()
    {
        Id = id,
        Index = index,
        Address = address,
        Service = names.ServiceOf(address),
        Weight = L4Destination.Keys.Weight.Of(config),
        MaxConnections = config.MaxConnections ?? int.MaxValue,
        IsBackup = L4Destination.Keys.Backup.Of(config),
        Enabled = L4Destination.Keys.Enabled.Of(config),
        HealthAddress = graph.HealthAddresses.GetValueOrDefault(config),
        State = known.Find(destination => destination.IsSame(id, address))?.State ?? new DestinationState(cluster, id),
    };

    private RouteModel BuildRoute(string id, L4Route config, ConfigGraph graph, Dictionary<string, ClusterModel> clusters, ProxySnapshot previous)
    {
        var cluster = config.ClusterId is { } clusterId ? clusters[clusterId] : null;
        return new RouteModel
        {
            Id = id,
            Config = config,
            Sources = _sources,
            Cluster = cluster,
            Requests = config.Http is { } http ? RequestRules.Of(http) : null,
            Timeouts = TcpTimeouts.From(config.Timeouts, cluster?.Config.Timeouts),
            UdpTimeouts = UdpTimeouts.From(config.Timeouts, cluster?.Config.Timeouts),
            Firewall = BuildFirewall(config.Firewall, graph),
            Throttle = Throttle.Create(config.Throttle, previous.RouteThrottles.GetValueOrDefault(id), time),
            Limit = ConnectionLimit.Create(config.Limits, previous.RouteLimits.GetValueOrDefault(id), time),
        };
    }

    private FrozenDictionary<string, EndpointModel> BuildEndpoints(
        ConfigGraph graph, RouteChanges changes, Dictionary<string, ClusterModel> clusters, ProxySnapshot previous)
    {
        var (tcp, udp) = (PortsOfEveryIPv4(graph.Urls.Values, isUdp: false), PortsOfEveryIPv4(graph.Urls.Values, isUdp: true));
        var (added, gone) = (ByEndpoint(changes.Added, graph), ByEndpoint(changes.Gone, previous.Graph));
        return graph.Endpoints.ToFrozenDictionary(item => item.Key, item =>
        {
            var (id, endpoint, url, before) = (item.Key, item.Value, graph.Urls.GetValueOrDefault(item.Key), previous.Endpoints.GetValueOrDefault(item.Key));
            var names = url is null ? HttpNames.Both : url.Scheme == EndpointScheme.Tls ? HttpNames.OfTls : HttpNames.OfRequests;
            var table = endpoint is { Url: null, Certificates.Count: > 0 }
                ? RouteTable.Create(OnKestrel(id, endpoint, graph, changes.Now.Values, clusters, previous), names)
                : RouteTable.Create(added.GetValueOrDefault(id) ?? [], gone.GetValueOrDefault(id) ?? [], names, before?.Routes);
            return BuildEndpoint(id, endpoint, graph, table, url is { IsEveryIPv6: true } ? url.IsUdp ? udp : tcp : null, before);
        });
    }

    private static Dictionary<string, List<RouteModel>> ByEndpoint(IEnumerable<RouteModel> routes, ConfigGraph? graph)
    {
        var byEndpoint = new Dictionary<string, List<RouteModel>>();
        foreach (var route in routes)
        {
            foreach (var endpoint in graph!.EndpointsOf(route.Config))
            {
                if (!byEndpoint.TryGetValue(endpoint, out var here))
                    byEndpoint.Add(endpoint, here = []);
                // It may name one twice.
                if (here.Count == 0 || here[^1] != route)
                    here.Add(route);
            }
        }
        return byEndpoint;
    }

    /// <summary>The routes of one of Kestrel's endpoints that has certificates: those it has one for end TLS there.</summary>
    private List<RouteModel> OnKestrel(
        string id, L4Endpoint endpoint, ConfigGraph graph, IReadOnlyCollection<RouteModel> routes, Dictionary<string, ClusterModel> clusters, ProxySnapshot previous) =>
    [
        .. routes.Where(route => graph.EndpointsOf(route.Config).Contains(id)),
        .. routes.Where(route => route.Config.IsOnKestrel && tls.Covers(endpoint, route)).Select(route => BuildRoute(route.Id, EndingTls(route.Config), graph, clusters, previous)),
    ];

    /// <summary>A route that is on every endpoint of Kestrel's, as it is on one that has a certificate for it: behind all others there, as everywhere.</summary>
    private static L4Route EndingTls(L4Route route) => route with { Tls = L4RouteTls.Terminate, Order = int.MaxValue };

    /// <summary>The ports on which an endpoint has <c>0.0.0.0</c>; null if none has. Port 0 is another port each time.</summary>
    private static BitArray? PortsOfEveryIPv4(IEnumerable<EndpointUrl> urls, bool isUdp)
    {
        BitArray? ports = null;
        foreach (var range in urls.Where(url => url.IsEveryIPv4 && url.IsUdp == isUdp && url.Ports.Low > 0).Select(url => url.Ports))
        {
            ports ??= new BitArray(ushort.MaxValue + 1);
            for (var port = range.Low; port <= range.High; port++)
                ports[port] = true;
        }

        return ports;
    }

    private EndpointModel BuildEndpoint(
        string id, L4Endpoint config, ConfigGraph graph, RouteTable routes, BitArray? ipv4Elsewhere, EndpointModel? before)
    {
        var url = graph.Urls.GetValueOrDefault(id);
        var (endpointTls, routeTls) = tls.ForEndpoint(config, url, routes.Needs.EndsTls || url is { Scheme: EndpointScheme.Tls } ? routes.Routes : []);
        return new EndpointModel
        {
            Id = id,
            Config = config,
            Url = url,
            Tls = endpointTls,
            RouteTls = routeTls,
            Routes = routes,
            PrefaceTimeout = (long)L4Endpoint.Keys.PrefaceTimeout.Of(config).TotalMilliseconds,
            MaxPrefaceBytes = L4Endpoint.Keys.MaxPrefaceBytes.Of(config),
            DrainTimeout = L4Endpoint.Keys.DrainTimeout.Of(config),
            MaxSessions = config.Limits?.MaxSessions ?? DescriptorLimit.DefaultMaxSessions,
            Limit = ConnectionLimit.Create(config.Limits, before?.Limit, time),
            Flows = before?.Flows ?? new FlowCount(),
            ProxyProtocol = ProxyHeaderPolicy.Create(config.ProxyProtocol, graph.RangesOf(config.ProxyProtocol?.Trusted)),
            Firewall = BuildFirewall(config.Firewall, graph),
            ListenOptions = new ListenOptions(
                L4Endpoint.Keys.Backlog.Of(config), L4Endpoint.Keys.ReusePort.Of(config), L4Endpoint.Keys.KeepAlive.Of(config),
                config.ReceiveBuffer, config.SendBuffer, Mode: EndpointMode.TryParse(config.Mode, out var mode) ? mode : null),
            IPv4Elsewhere = ipv4Elsewhere,
        };
    }

    private Firewall BuildFirewall(L4Firewall? config, ConfigGraph graph) => Firewall.Create(
        graph.RangesOf(config?.Allow), graph.RangesOf(config?.Deny), ListOf(nameof(config.AllowFile), config?.AllowFile), ListOf(nameof(config.DenyFile), config?.DenyFile));

    private AddressListFile? ListOf(string key, string? path) => path is null ? null : AddressListFile.Of(files, key, path);

    /// <summary>The routes, and which of them there were not, or there are no longer.</summary>
    private sealed record RouteChanges(Dictionary<string, RouteModel> Now, List<RouteModel> Added, List<RouteModel> Gone, bool AreFirm)
    {
        public IEnumerable<RouteModel> Others => Added.Concat(Gone);
    }
}
