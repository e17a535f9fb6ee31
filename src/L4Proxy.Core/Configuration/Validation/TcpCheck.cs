using L4Proxy.Configuration.Reading;
using L4Proxy.Prefaces;

namespace L4Proxy.Configuration.Validation;

/// <summary>What a route on a TCP endpoint cannot say: a protocol that is spoken in datagrams only.</summary>
internal static class TcpCheck
{
    /// <summary>Checks every route that is on a TCP endpoint, also where it names none.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, Findings findings)
    {
        foreach (var (id, route) in graph.Routes)
        {
            if (route.Match?.Protocols is not { } protocols || graph.EndpointsOf(route).FirstOrDefault(endpoint => IsTcp(graph, endpoint)) is not { } tcp)
                continue;
            for (var i = 0; i < protocols.Count; i++)
            {
                if (protocols[i] is { } name && PrefaceParsers.TryFind(name, out var parser) && !parser.IsOfStreams)
                    findings.Error(routes[id]["Match"]["Protocols"][i], $"The endpoint '{tcp}' is TCP, and {name} is spoken over UDP.");
            }
        }
    }

    // One whose URL is wrong is neither, and has its own error.
    private static bool IsTcp(ConfigGraph graph, string? id) =>
        id is not null && graph.Endpoints.TryGetValue(id, out var endpoint) && (endpoint.Url is null || graph.Urls.ContainsKey(id)) && !graph.IsUdp(id);
}
