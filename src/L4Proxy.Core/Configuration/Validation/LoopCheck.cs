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
        foreach (var (id, _) in graph.NewClusters)
        {
            var urls = graph.RoutesTo(id).SelectMany(route => graph.EndpointsOf(route.Value)).Distinct()
                .Where(endpoint => endpoint is not null && graph.Urls.ContainsKey(endpoint)).Select(endpoint => (Id: endpoint, Url: graph.Urls[endpoint])).ToList();
            foreach (var (destination, address) in graph.Addresses[id])
            {
                if (urls.Find(item => IsSame(item.Url, address)).Id is { } endpoint)
                    findings.Warning(
                        path[id]["Destinations"][destination]["Address"],
                        $"It leads back to the endpoint '{endpoint}', which a route to this cluster is on: what comes back by the same route goes round without end.");
            }
        }
    }

    private static bool IsSame(EndpointUrl url, DestinationAddress address)
    {
        if (address.Kind == DestinationAddressKind.Unix)
            return url.Path == address.Host;
        if (url.Ports.Low == 0 || address.PortsOf(url.Ports) is not { } ports)
            return false;
        // Another name must be resolved first. A wildcard listens on other addresses of this machine, too, but which they are is not known here.
        if (address.Address is { } ip ? !IPAddress.IsLoopback(ip) && !ip.Equals(url.Address) : address.Host.TrimEnd('.') != "localhost")
            return false;
        return url.Overlaps(EndpointUrl.Of(url.Scheme, address.Address, ports));
    }
}
