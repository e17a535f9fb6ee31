using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Destinations;

namespace L4Proxy.Configuration.Validation;

/// <summary>What a route on a UDP endpoint cannot say: a datagram carries no ClientHello, unless it is QUIC's.</summary>
internal static class UdpCheck
{
    private static readonly ConfigKey[] s_ofHello =
        [L4Match.Keys.Sni, L4Match.Keys.SniRegex, L4Match.Keys.Alpn, L4Match.Keys.TlsVersions, L4Match.Keys.Ja4];

    private static readonly (ConfigKey Key, string Protocol)[] s_ofStreams =
    [
        (L4Match.Keys.Host, "plaintext HTTP"),
        (L4Match.Keys.Path, "plaintext HTTP"),
        (L4Match.Keys.Mqtt, "MQTT"),
        (L4Match.Keys.Postgres, "PostgreSQL"),
        (L4Match.Keys.Ssh, "SSH"),
    ];

    /// <summary>Checks every route that names a UDP endpoint.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, ConfigPath clusters, Findings findings)
    {
        foreach (var (id, route) in graph.NewRoutes)
        {
            if (graph.EndpointsOf(route).FirstOrDefault(graph.IsUdp) is not { } endpoint)
                continue;
            if (route.IsHttp)
                findings.Error(routes[id]["Mode"], $"The endpoint '{endpoint}' is UDP, and HTTP is served over TCP.");
            if (route.Action == L4RouteAction.Http)
                findings.Error(routes[id]["Action"], $"The endpoint '{endpoint}' is UDP, and HTTP is served over TCP.");
            if (route.Match is { } match)
                CheckMatch(match, endpoint, isQuic: false, routes[id]["Match"], findings, depth: 0);
            if (route.ClusterId is { } cluster && graph.Clusters.TryGetValue(cluster, out var config))
                CheckCluster(config, graph.Addresses[cluster], endpoint, clusters[cluster], findings);
        }
    }

    private static void CheckMatch(L4Match match, string endpoint, bool isQuic, ConfigPath path, Findings findings, int depth)
    {
        isQuic |= match.Protocols?.Contains("quic", StringComparer.Ordinal) == true;
        foreach (var key in s_ofHello)
        {
            if (key.Get(match) is not null && !isQuic)
                findings.Error(path[key.Name], $"The endpoint '{endpoint}' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.");
        }
        foreach (var (key, protocol) in s_ofStreams)
        {
            if (key.Get(match) is not null)
                findings.Error(path[key.Name], $"The endpoint '{endpoint}' is UDP, and {protocol} is spoken over TCP.");
        }
        if (match.Custom is { Count: > 0 })
            findings.Error(path["Custom"], $"The endpoint '{endpoint}' is UDP, and the application's matchers are asked of TCP connections only: no datagram waits for an answer.");
        foreach (var (inner, innerPath) in depth < NestedMatches.MaxDepth ? NestedMatches.Inside(match, path) : [])
            CheckMatch(inner, endpoint, isQuic, innerPath, findings, depth + 1);
    }

    private static void CheckCluster(
        L4Cluster cluster, Dictionary<string, DestinationAddress> addresses, string endpoint, ConfigPath path, Findings findings)
    {
        if (cluster.ProxyProtocol?.Version == L4ProxyProtocolVersion.V1)
            findings.Error(path["ProxyProtocol"]["Version"], $"A route of the UDP endpoint '{endpoint}' leads here, and version 1 is for TCP only; use 'V2'.");
        foreach (var (id, address) in addresses)
        {
            if (address.Kind == DestinationAddressKind.Unix)
                findings.Error(path["Destinations"][id]["Address"], $"A route of the UDP endpoint '{endpoint}' leads here, and a Unix socket is a stream.");
        }
    }
}
