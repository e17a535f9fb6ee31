using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Validation;

/// <summary>Who may connect, and who may say for whom.</summary>
internal static class AdmissionCheck
{
    /// <summary>Checks every endpoint and route.</summary>
    public static void Check(ConfigGraph graph, ConfigPath endpoints, ConfigPath routes, Findings findings)
    {
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            if (endpoint.ProxyProtocol is { } proxyProtocol)
                CheckProxyProtocol(proxyProtocol, graph.IsUdp(id), endpoints[id]["ProxyProtocol"], findings);
        }

        foreach (var (id, route) in graph.Routes)
        {
            if (graph.EndpointsOf(route) is not { Count: > 0 } on || on.Any(e => e is not null && graph.ReadsProxyHeaders(e)))
                continue;
            foreach (var (_, path) in NestedMatches.Of(route.Match, routes[id]["Match"]).Where(item => item.Match.ProxyProtocol is not null))
                findings.Warning(path["ProxyProtocol"], "It never holds: no endpoint of the route reads PROXY headers; set its 'ProxyProtocol'.");
        }
    }

    private static void CheckProxyProtocol(L4ProxyProtocolIn config, bool isUdp, ConfigPath path, Findings findings)
    {
        if (config.Mode is null or L4ProxyProtocolMode.Off)
            return;
        if (isUdp)
            findings.Error(path, "The endpoint is UDP, and PROXY headers are read from TCP only.");
        else if (config.Trusted is null or { Count: 0 })
            findings.Warning(path, $"'Trusted' is empty, so that nobody's header is {(config.Mode == L4ProxyProtocolMode.Required ? "believed and every connection is refused" : "read")}.");
    }
}
