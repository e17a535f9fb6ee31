using System.Collections;
using System.Collections.Frozen;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Limits;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Snapshot;

/// <summary>A valid configuration and the state before it make the next snapshot.</summary>
internal sealed class SnapshotBuilder(AddressLookup lookup, TlsBuilder tls, LoadBalancingPolicies policies, TimeProvider time)
{
    public ProxySnapshot Build(L4Config config, ProxySnapshot previous)
    {
        var options = AddressResolverOptions.From(config.Dns);
        var resolver = previous.Resolver is { } known && options == AddressResolverOptions.From(previous.Config.Dns)
            ? known
            : new AddressResolver(lookup, options, time);
        var clusters = Items(config.Clusters).ToFrozenDictionary(
            cluster => cluster.Key,
            cluster => BuildCluster(cluster.Key, cluster.Value, previous, resolver));
        var routes = Items(config.Routes).Select(route => BuildRoute(route.Key, route.Value, clusters)).ToList();
        return new ProxySnapshot
        {
            Revision = previous.Revision + 1,
            Config = config,
            Resolver = resolver,
            Clusters = clusters,
            Leaving = previous.LeftBy(clusters),
            Endpoints = BuildEndpoints(config, routes, previous),
        };
    }

    private ClusterModel BuildCluster(string id, L4Cluster config, ProxySnapshot previous, AddressResolver resolver)
    {
        var known = previous.DestinationsOf(id).ToList();
        // One that is there again while connections to its destinations go on is the same.
        var state = previous.Clusters.GetValueOrDefault(id)?.State ?? known.FirstOrDefault()?.State.Cluster ?? new ClusterState(id);
        var balancer = policies.Create(L4Cluster.Keys.LoadBalancingPolicy.Of(config), state)
            ?? throw new ArgumentException($"There is no policy '{config.LoadBalancingPolicy}'.", nameof(config));
        // By id: the order of a JSON object means nothing, and IConfiguration keeps another.
        var destinations = Items(config.Destinations).OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select((item, index) => BuildDestination(item.Key, index, item.Value, known, state)).ToArray();
        return new ClusterModel
        {
            Id = id,
            Config = config,
            Destinations = destinations,
            State = state,
            Resolver = resolver,
            Picker = new DestinationPicker([.. destinations.Where(destination => destination.Enabled)], state, balancer),
            MaxAttempts = L4Retry.Keys.MaxAttempts.Of(config.Retry),
            DrainTimeout = L4Cluster.Keys.DrainTimeout.Of(config),
            MaxDatagram = L4Udp.Keys.MaxDatagram.Of(config.Udp),
            Affinity = L4Udp.Keys.Affinity.Of(config.Udp),
            KeepAlive = L4Socket.Keys.KeepAlive.Of(config.Socket),
            DialOptions = new DialOptions(config.Socket?.ReceiveBuffer, config.Socket?.SendBuffer, L4Socket.Keys.UserTimeout.Of(config.Socket)),
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
    private static DestinationModel BuildDestination(string id, int index, L4Destination config, List<DestinationModel> known, ClusterState cluster)
    {
        if (!DestinationAddress.TryParse(config.Address!, out var address, out var error))
            throw new ArgumentException(error, nameof(config));
        return new DestinationModel
        {
            Id = id,
            Index = index,
            Address = address,
            Weight = L4Destination.Keys.Weight.Of(config),
            Enabled = L4Destination.Keys.Enabled.Of(config),
            State = known.Find(destination => destination.IsSame(id, address))?.State ?? new DestinationState(cluster),
        };
    }

    private static RouteModel BuildRoute(string id, L4Route config, FrozenDictionary<string, ClusterModel> clusters)
    {
        var cluster = config.ClusterId is { } clusterId ? clusters[clusterId] : null;
        return new RouteModel
        {
            Id = id,
            Config = config,
            Cluster = cluster,
            Timeouts = TcpTimeouts.From(config.Timeouts, cluster?.Config.Timeouts),
            UdpTimeouts = UdpTimeouts.From(config.Timeouts, cluster?.Config.Timeouts),
            Firewall = Firewall.Create(config.Firewall),
        };
    }

    private FrozenDictionary<string, EndpointModel> BuildEndpoints(L4Config config, List<RouteModel> routes, ProxySnapshot previous)
    {
        var byEndpoint = Items(config.Endpoints).ToDictionary(endpoint => endpoint.Key, _ => new List<RouteModel>());
        var urls = Items(config.Endpoints).ToDictionary(endpoint => endpoint.Key, endpoint => UrlOf(endpoint.Value));
        // A UDP endpoint is served only by routes that name it.
        var (tcp, udp) = (PortsOfEveryIPv4(urls.Values, isUdp: false), PortsOfEveryIPv4(urls.Values, isUdp: true));
        var own = urls.Where(endpoint => endpoint.Value is { IsUdp: false }).Select(endpoint => endpoint.Key).ToList();
        foreach (var route in routes)
        {
            foreach (var endpoint in route.Config.Endpoints?.Distinct() ?? own)
                byEndpoint[endpoint].Add(route);
        }
        return Items(config.Endpoints).ToFrozenDictionary(
            endpoint => endpoint.Key, endpoint => BuildEndpoint(
                endpoint.Key, endpoint.Value, urls[endpoint.Key], byEndpoint[endpoint.Key],
                urls[endpoint.Key] is { IsEveryIPv6: true } url ? url.IsUdp ? udp : tcp : null, previous.Endpoints.GetValueOrDefault(endpoint.Key)));
    }

    /// <summary>The ports on which an endpoint has <c>0.0.0.0</c>; null if none has. Port 0 is another port each time.</summary>
    private static BitArray? PortsOfEveryIPv4(IEnumerable<EndpointUrl?> urls, bool isUdp)
    {
        BitArray? ports = null;
        foreach (var range in urls.OfType<EndpointUrl>().Where(url => url.IsEveryIPv4 && url.IsUdp == isUdp && url.Ports.Low > 0).Select(url => url.Ports))
        {
            ports ??= new BitArray(ushort.MaxValue + 1);
            for (var port = range.Low; port <= range.High; port++)
                ports[port] = true;
        }

        return ports;
    }

    private static EndpointUrl? UrlOf(L4Endpoint config)
    {
        EndpointUrl? url = null;
        if (config.Url is not null && !EndpointUrl.TryParse(config.Url, out url, out var error))
            throw new ArgumentException(error, nameof(config));
        return url;
    }

    private EndpointModel BuildEndpoint(
        string id, L4Endpoint config, EndpointUrl? url, List<RouteModel> routes, BitArray? ipv4Elsewhere, EndpointModel? before)
    {
        var (endpointTls, routeTls) = tls.ForEndpoint(config, url, routes);
        return new EndpointModel
        {
            Id = id,
            Config = config,
            Url = url,
            Tls = endpointTls,
            RouteTls = routeTls,
            Routes = RouteTable.Create(routes),
            PrefaceTimeout = (long)L4Endpoint.Keys.PrefaceTimeout.Of(config).TotalMilliseconds,
            MaxPrefaceBytes = L4Endpoint.Keys.MaxPrefaceBytes.Of(config),
            DrainTimeout = L4Endpoint.Keys.DrainTimeout.Of(config),
            MaxSessions = config.Limits?.MaxSessions ?? DescriptorLimit.DefaultMaxSessions,
            Flows = before?.Flows ?? new FlowCount(),
            ProxyProtocol = ProxyHeaderPolicy.Create(config.ProxyProtocol),
            Firewall = Firewall.Create(config.Firewall),
            ListenOptions = new ListenOptions(
                L4Endpoint.Keys.Backlog.Of(config), L4Endpoint.Keys.ReusePort.Of(config), L4Endpoint.Keys.KeepAlive.Of(config),
                config.ReceiveBuffer, config.SendBuffer, Mode: EndpointMode.TryParse(config.Mode, out var mode) ? mode : null),
            IPv4Elsewhere = ipv4Elsewhere,
        };
    }

    private static IEnumerable<KeyValuePair<string, T>> Items<T>(IReadOnlyDictionary<string, T>? items) => items ?? FrozenDictionary<string, T>.Empty;
}
