using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;

namespace L4Proxy.Configuration.Validation;

/// <summary>Clusters and where they lead to.</summary>
internal static class ClusterCheck
{
    /// <summary>Checks every cluster.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, cluster) in graph.Clusters)
        {
            if (cluster.Destinations is null or { Count: 0 })
                findings.Error(path[id]["Destinations"], "A cluster needs at least one destination.");
            else if (cluster.Destinations.Values.All(destination => destination is { Weight: 0 }))
                findings.Warning(path[id]["Destinations"], "Each has weight 0: none takes a connection.");
            if (cluster.ProxyProtocol is { } header)
                CheckHeader(header, path[id]["ProxyProtocol"], findings);
            foreach (var (destination, address) in graph.Addresses[id])
                CheckAddress(graph, id, address, path[id]["Destinations"][destination]["Address"], findings);
        }
    }

    private static void CheckHeader(L4ProxyProtocolOut header, ConfigPath path, Findings findings)
    {
        if (header is { Version: null, Tlvs: not null } or { Version: null, Datagrams: not null })
            findings.Error(path["Version"], "Without a version no header is written, and the other keys here would say nothing.");
        if (header is { Version: L4ProxyProtocolVersion.V1, Tlvs.Count: > 0 })
            findings.Warning(path["Tlvs"], "Version 1 has no room for them: they are not written.");
    }

    private static void CheckAddress(ConfigGraph graph, string clusterId, DestinationAddress address, ConfigPath path, Findings findings)
    {
        if (address.Kind == DestinationAddressKind.Srv)
            findings.Error(path, "Addresses by SRV records are not supported yet.");
        if (address.CaptureNames.Count > 0 && !address.HasFixedSuffix)
            findings.Warning(path, $"The client chooses the end of the host name of '{address}', and so reaches any host that this one can.");
        if (address.IsTemplate)
            TemplateCheck.Check(graph, clusterId, address, path, findings);
    }
}
