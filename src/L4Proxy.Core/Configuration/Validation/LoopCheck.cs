using System.Globalization;
using System.Net;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;

namespace L4Proxy.Configuration.Validation;

/// <summary>
/// Whether a cluster leads back to an endpoint that it is reached by, as far as that can be known without resolving a name or asking for this
/// machine's addresses.
/// </summary>
internal static class LoopCheck
{
    /// <summary>Checks every cluster.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, cluster) in graph.Clusters)
        {
            var urls = graph.RoutesByCluster[id].SelectMany(route => graph.EndpointsOf(route.Value)).Distinct()
                .Where(endpoint => endpoint is not null && graph.Urls.ContainsKey(endpoint)).Select(endpoint => (Id: endpoint, Url: graph.Urls[endpoint])).ToList();
            foreach (var (destinationId, destination) in cluster.Destinations ?? new Dictionary<string, L4Destination>())
            {
                if (destination?.Address is { } text && DestinationAddress.TryParse(text, out var address, out _)
                    && urls.Find(item => IsSame(item.Url, address)).Id is { } endpoint)
                    findings.Warning(
                        path[id]["Destinations"][destinationId]["Address"],
                        $"It leads back to the endpoint '{endpoint}', which a route to this cluster is on: what comes back by the same route goes round without end.");
            }
        }
    }

    private static bool IsSame(EndpointUrl url, DestinationAddress address)
    {
        if (address.Kind == DestinationAddressKind.Unix)
            return url.Path == address.Host;
        if (HostOf(address) is not { } host || url.Ports.Low == 0 || address.PortsOf(url.Ports) is not { } ports)
            return false;
        // A wildcard listens on other addresses of this machine, too, but which they are is not known here.
        if (host != "localhost" && !IPAddress.IsLoopback(address.Address!) && !address.Address!.Equals(url.Address))
            return false;
        var text = string.Create(CultureInfo.InvariantCulture, $"{(url.IsUdp ? "udp" : "tcp")}://{host}:{ports.Low}-{ports.High}");
        return EndpointUrl.TryParse(text, out var dialled, out _) && url.Overlaps(dialled);
    }

    /// <summary>The host as a URL has it; null where it must be resolved first.</summary>
    private static string? HostOf(DestinationAddress address)
    {
        if (address.Address is not { } ip)
            return address.Host.TrimEnd('.') == "localhost" ? "localhost" : null;
        return ip.ToString() is var text && text.Contains(':', StringComparison.Ordinal) ? $"[{text}]" : text;
    }
}
