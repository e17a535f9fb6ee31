using L4Proxy.Configuration.Reading;
using L4Proxy.Prefaces;

namespace L4Proxy.Configuration.Validation;

/// <summary>Whether the protocols of a route are spoken on its endpoints: in streams, in datagrams, or in both.</summary>
internal static class ProtocolCheck
{
    /// <summary>Checks every route that names protocols, also where it names no endpoint.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, Findings findings)
    {
        foreach (var (id, route) in graph.NewRoutes)
        {
            foreach (var (match, path) in NestedMatches.Of(route.Match, routes[id]["Match"]))
            {
                if (match.Protocols is not { } names)
                    continue;
                var udp = graph.EndpointsOf(route).FirstOrDefault(graph.IsUdp);
                var tcp = graph.EndpointsOf(route).FirstOrDefault(endpoint => IsTcp(graph, endpoint));
                Check(names, udp, tcp, path["Protocols"], findings);
            }
        }
    }

    /// <summary>Each has to be spoken there. Of a route with endpoints of both kinds, one for each of them is enough.</summary>
    private static void Check(IReadOnlyList<string> names, string? udp, string? tcp, ConfigPath path, Findings findings)
    {
        PrefaceParser?[] parsers = [.. names.Select(name => name is not null && PrefaceParsers.TryFind(name, out var parser) ? parser : null)];
        var isMixed = udp is not null && tcp is not null;
        var allOverUdp = udp is not null && !(isMixed && Array.Exists(parsers, parser => parser is { IsOfDatagrams: true }));
        var allOverTcp = tcp is not null && !(isMixed && Array.Exists(parsers, parser => parser is { IsOfStreams: true }));
        for (var i = 0; i < parsers.Length; i++)
        {
            if (allOverUdp && parsers[i] is { IsOfDatagrams: false })
                findings.Error(path[i], $"The endpoint '{udp}' is UDP, and {names[i]} is spoken over TCP.");
            if (allOverTcp && parsers[i] is { IsOfStreams: false })
                findings.Error(path[i], $"The endpoint '{tcp}' is TCP, and {names[i]} is spoken over UDP.");
        }
    }

    // One whose URL is wrong is neither, and has its own error.
    private static bool IsTcp(ConfigGraph graph, string? id) =>
        id is not null && graph.Endpoints.TryGetValue(id, out var endpoint) && (endpoint.Url is null || graph.Urls.ContainsKey(id)) && !graph.IsUdp(id);
}
