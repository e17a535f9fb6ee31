using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Configuration.Validation;

/// <summary>Who may connect, and who may say for whom.</summary>
internal static class AdmissionCheck
{
    /// <summary>Checks every endpoint and route.</summary>
    public static void Check(ConfigGraph graph, ConfigPath endpoints, ConfigPath routes, Findings findings)
    {
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            CheckFirewall(endpoint.Firewall, endpoints[id]["Firewall"], findings);
            if (endpoint.ProxyProtocol is { } proxyProtocol)
                CheckProxyProtocol(proxyProtocol, graph.IsUdp(id), endpoints[id]["ProxyProtocol"], findings);
        }

        foreach (var (id, route) in graph.Routes)
        {
            CheckFirewall(route.Firewall, routes[id]["Firewall"], findings);
            if (route.Match?.ProxyProtocol is not null && graph.EndpointsOf(route) is { Count: > 0 } on && !on.Any(e => e is not null && graph.ReadsProxyHeaders(e)))
                findings.Warning(routes[id]["Match"]["ProxyProtocol"], "It never holds: no endpoint of the route reads PROXY headers; set its 'ProxyProtocol'.");
        }
    }

    private static void CheckFirewall(L4Firewall? firewall, ConfigPath path, Findings findings)
    {
        if (firewall is null)
            return;
        CheckRanges(firewall.Allow, path["Allow"], findings);
        CheckRanges(firewall.Deny, path["Deny"], findings);
    }

    private static void CheckProxyProtocol(L4ProxyProtocolIn config, bool isUdp, ConfigPath path, Findings findings)
    {
        CheckRanges(config.Trusted, path["Trusted"], findings, ProxyHeaderPolicy.UnixPeers);
        if (config.Mode is null or L4ProxyProtocolMode.Off)
            return;
        if (isUdp)
            findings.Error(path, "The endpoint is UDP, and PROXY headers are read from TCP only.");
        else if (config.Trusted is null or { Count: 0 })
            findings.Warning(path, $"'Trusted' is empty, so that nobody's header is {(config.Mode == L4ProxyProtocolMode.Required ? "believed and every connection is refused" : "read")}.");
    }

    private static void CheckRanges(IReadOnlyList<string>? texts, ConfigPath path, Findings findings, string? also = null)
    {
        for (var i = 0; i < texts?.Count; i++)
        {
            if (texts[i] is { } text && text != also && !AddressRange.TryParse(text, out _, out var error))
                findings.Error(path[i], Quote.Plain(error, maxLength: 512));
        }
    }
}
