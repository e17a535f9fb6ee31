using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using L4Proxy.Names;

namespace L4Proxy.Configuration.Validation;

/// <summary>Whether every connection that can come to a destination gives what its address is made of.</summary>
internal static class TemplateCheck
{
    /// <summary>Checks an address against every route to its cluster.</summary>
    public static void Check(ConfigGraph graph, string clusterId, DestinationAddress address, ConfigPath path, Findings findings)
    {
        foreach (var (routeId, route) in graph.RoutesTo(clusterId))
        {
            CheckCaptures(address.CaptureNames, routeId, route, path, findings);
            if (address.Kind is DestinationAddressKind.Host or DestinationAddressKind.Ip && address.FixedPort is null)
                CheckPorts(graph, address, routeId, route, path, findings);
        }
    }

    /// <summary>Checks that every route to a cluster captures what a host name of the cluster is made of.</summary>
    public static void Check(ConfigGraph graph, string clusterId, HostTemplate name, ConfigPath path, Findings findings)
    {
        foreach (var (routeId, route) in graph.RoutesTo(clusterId))
            CheckCaptures(name.CaptureNames, routeId, route, path, findings);
    }

    private static void CheckCaptures(IReadOnlyList<string> names, string routeId, L4Route route, ConfigPath path, Findings findings)
    {
        if (names.Count == 0)
            return;
        var captured = CapturedBy(route.Match);
        foreach (var name in names)
        {
            if (captured.Contains(name))
                continue;
            var inner = NestedMatches.Of(route.Match, path).Skip(1).Any(item => CapturedBy(item.Match).Contains(name))
                ? " What is inside of 'Not' or 'AnyOf' captures nothing: put the name beside them."
                : "";
            findings.Error(path, $"'{{{name}}}' must be captured by every '{(route.Match?.Host is null ? "Sni" : "Host")}' pattern of the route '{routeId}', which leads here.{inner}");
        }
    }

    // Sni and SniRegex are AND: what either of them always captures is there. Host is beside neither.
    private static HashSet<string> CapturedBy(L4Match? match) =>
        CapturedByAll(match?.Sni, text => ServerNamePattern.TryParse(text, out var pattern, out _) ? pattern.CaptureNames : null)
            .Union(CapturedByAll(match?.SniRegex, text => SniRegexPattern.TryParse(text, out var pattern, out _) ? pattern.CaptureNames : null))
            .Union(CapturedByAll(match?.Host, text => ServerNamePattern.TryParseHost(text, out var pattern, out _) ? pattern.CaptureNames : null))
            .ToHashSet();

    // A text that is wrong has its own error; here it stands in nobody's way.
    private static IEnumerable<string> CapturedByAll(IReadOnlyList<string>? texts, Func<string, IReadOnlyList<string>?> captureNames) =>
        (texts ?? []).Where(text => text is not null).Select(captureNames).OfType<IReadOnlyList<string>>()
            .Aggregate((IEnumerable<string>?)null, (all, names) => all?.Intersect(names) ?? names) ?? [];

    private static void CheckPorts(
        ConfigGraph graph, DestinationAddress address, string routeId, L4Route route, ConfigPath path, Findings findings)
    {
        foreach (var endpointId in graph.EndpointsOf(route))
        {
            // A Kestrel endpoint's port is not known here, and one that the system picks is not known yet: dialling checks those.
            if (endpointId is null || !graph.Urls.TryGetValue(endpointId, out var url))
                continue;
            if (url.Host == EndpointHost.None)
                findings.Error(path, $"'{address}' needs the port listened on, and the endpoint '{endpointId}' of the route '{routeId}' has none.");
            foreach (var listened in PortsOf(url, route.Match?.LocalPorts))
            {
                if (!address.TryCheckPorts(listened, out var error))
                    findings.Error(path, $"The endpoint '{endpointId}' of the route '{routeId}': {error}");
            }
        }
    }

    private static IEnumerable<PortRange> PortsOf(EndpointUrl url, IReadOnlyList<string>? localPorts)
    {
        if (url.Ports.Low == 0)
            yield break;
        if (localPorts is null)
            yield return new PortRange(url.Ports.Low, url.Ports.High);
        foreach (var text in localPorts ?? [])
        {
            if (text is null || !PortRange.TryParse(text, out var range, out _))
                continue;
            var (low, high) = (Math.Max(range.Low, url.Ports.Low), Math.Min(range.High, url.Ports.High));
            if (low <= high)
                yield return new PortRange(low, high);
        }
    }
}
