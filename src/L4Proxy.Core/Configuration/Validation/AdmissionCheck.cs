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
            CheckLimits(endpoint.Limits, endpoints[id]["Limits"], findings);
            CheckFiles(endpoint.Firewall, endpoints[id]["Firewall"], findings);
        }

        foreach (var (id, route) in graph.NewRoutes)
        {
            CheckThrottle(graph, route, routes[id]["Throttle"], findings);
            CheckLimits(route.Limits, routes[id]["Limits"], findings);
            CheckFiles(route.Firewall, routes[id]["Firewall"], findings);
            if (route.Limits?.MaxSessions is not null)
                findings.Error(routes[id]["Limits"]["MaxSessions"], "It is an endpoint's; a route's flows are limited by 'MaxConnections'.");
            if (graph.EndpointsOf(route) is not { Count: > 0 } on || on.Any(e => e is not null && graph.ReadsProxyHeaders(e)))
                continue;
            foreach (var (_, path) in NestedMatches.Of(route.Match, routes[id]["Match"]).Where(item => item.Match.ProxyProtocol is not null))
                findings.Warning(path["ProxyProtocol"], "It never holds: no endpoint of the route reads PROXY headers; set its 'ProxyProtocol'.");
        }
    }

    private static void CheckLimits(L4Limits? limits, ConfigPath path, Findings findings)
    {
        if (limits?.ConnectionRate is { Permits: null })
            findings.Error(path["ConnectionRate"]["Permits"], "A rate needs it: so many connections in each 'Window'.");
        if (limits is { MaxConnections: { } most, MaxConnectionsPerClient: { } mostOfClient } && mostOfClient > most)
            findings.Warning(path["MaxConnectionsPerClient"], $"It is never reached: 'MaxConnections' is {most}.");
    }

    private static void CheckThrottle(ConfigGraph graph, L4Route route, ConfigPath path, Findings findings)
    {
        if (route.Throttle is not { } throttle)
            return;
        if (throttle is { UploadBytesPerSecond: null, DownloadBytesPerSecond: null } && throttle != new L4Throttle())
            findings.Error(path, "Without 'UploadBytesPerSecond' or 'DownloadBytesPerSecond' nothing is slower.");
        if (!ConfigGraph.IsProxy(route) || route.IsHttp)
            findings.Warning(path, "It has no effect: the route's connections are not relayed.");
        if (graph.EndpointsOf(route).FirstOrDefault(graph.IsUdp) is { } udp)
            findings.Error(path, $"The endpoint '{udp}' is UDP, and a datagram is never kept back: limit its flows by 'Limits'.");
    }

    private static void CheckFiles(L4Firewall? firewall, ConfigPath path, Findings findings)
    {
        if (firewall?.AllowFile is { } allow && !NamedFiles.IsPath(allow))
            findings.Error(path["AllowFile"], "It names no file.");
        if (firewall?.DenyFile is { } deny && !NamedFiles.IsPath(deny))
            findings.Error(path["DenyFile"], "It names no file.");
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
