using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Destinations;
using L4Proxy.Prefaces;

namespace L4Proxy.Configuration.Validation;

/// <summary>What a route on a UDP endpoint cannot say: a datagram carries no ClientHello, unless it is QUIC's. And what only such a one can.</summary>
internal static class UdpCheck
{
    private static readonly ConfigKey[] s_ofHello =
        [L4Match.Keys.Sni, L4Match.Keys.SniRegex, L4Match.Keys.Alpn, L4Match.Keys.TlsVersions, L4Match.Keys.Ja4];

    /// <summary>Checks every route that names a UDP endpoint.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, ConfigPath clusters, Findings findings)
    {
        foreach (var (id, route) in graph.Routes)
        {
            var endpoint = graph.EndpointsOf(route).FirstOrDefault(graph.IsUdp);
            var stream = graph.EndpointsOf(route).FirstOrDefault(id => id is not null && !graph.IsUdp(id));
            CheckProtocols(route.Match?.Protocols, endpoint, stream, routes[id]["Match"]["Protocols"], findings);
            if (endpoint is null)
                continue;
            if (route.Action == L4RouteAction.Http)
                findings.Error(routes[id]["Action"], $"The endpoint '{endpoint}' is UDP, and HTTP is served over TCP.");
            if (route.Match is { } match)
                CheckMatch(match, endpoint, routes[id]["Match"], findings);
            if (route.ClusterId is { } cluster && graph.Clusters.TryGetValue(cluster, out var config))
                CheckCluster(config, graph.Addresses[cluster], endpoint, clusters[cluster], findings);
        }
    }

    private static void CheckMatch(L4Match match, string endpoint, ConfigPath path, Findings findings)
    {
        var isQuic = match.Protocols?.Contains("quic", StringComparer.Ordinal) == true;
        foreach (var key in s_ofHello)
        {
            if (key.Get(match) is not null && !isQuic)
                findings.Error(path[key.Name], $"The endpoint '{endpoint}' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.");
        }
        if (match.Mqtt is not null)
            findings.Error(path[nameof(match.Mqtt)], $"The endpoint '{endpoint}' is UDP, and MQTT is spoken over TCP.");
    }

    /// <summary>Of a route with endpoints of both kinds each needs one that is spoken there.</summary>
    private static void CheckProtocols(IReadOnlyList<string>? names, string? udp, string? stream, ConfigPath path, Findings findings)
    {
        PrefaceParser?[] parsers = [.. (names ?? []).Select(name => name is not null && PrefaceParsers.TryFind(name, out var parser) ? parser : null)];
        var isMixed = udp is not null && stream is not null;
        var anyOfDatagrams = isMixed && Array.Exists(parsers, parser => parser is { IsOfDatagrams: true });
        var anyOfStreams = isMixed && Array.Exists(parsers, parser => parser is { IsOfStreams: true });
        for (var i = 0; i < parsers.Length; i++)
        {
            if (udp is not null && parsers[i] is { IsOfDatagrams: false } && !anyOfDatagrams)
                findings.Error(path[i], $"The endpoint '{udp}' is UDP, and {names![i]} is spoken over TCP.");
            if (stream is not null && parsers[i] is { IsOfStreams: false } && !anyOfStreams)
                findings.Error(path[i], $"The endpoint '{stream}' is TCP, and {names![i]} is spoken over UDP.");
        }
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
