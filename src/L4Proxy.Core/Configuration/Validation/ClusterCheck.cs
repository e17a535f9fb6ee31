using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Transport;

namespace L4Proxy.Configuration.Validation;

/// <summary>Clusters and where they lead to.</summary>
internal static class ClusterCheck
{
    /// <summary>Checks every cluster.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, cluster) in graph.NewClusters)
        {
            if (cluster.Destinations is null or { Count: 0 })
                findings.Error(path[id]["Destinations"], "A cluster needs at least one destination.");
            else if (cluster.Destinations.Values.All(destination => destination is { Weight: 0 } or { Enabled: false }))
                findings.Warning(path[id]["Destinations"], "Each has weight 0 or is not enabled: none takes a connection.");
            NameServerCheck.Check(cluster.Dns, path[id]["Dns"], findings);
            if (cluster.ProxyProtocol is { } header)
                CheckHeader(header, path[id]["ProxyProtocol"], findings);
            if (cluster.Queue is not null && graph.LeadsUdpOnly(id))
                findings.Warning(path[id]["Queue"], "Only UDP routes lead here, and no datagram waits in it.");
            if (cluster.Socket is { } socket)
                CheckSocket(socket, graph.Addresses[id], path[id], findings);
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

    private static void CheckSocket(L4Socket socket, Dictionary<string, DestinationAddress> destinations, ConfigPath path, Findings findings)
    {
        var sources = socket.LocalAddresses ?? [];
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is not { } text)
                continue; // Said already.
            if (!AddressRange.TryParseAddress(text, out var source))
                findings.Error(path["Socket"]["LocalAddresses"][i], $"{Quote.Text(text)} is not an IP address, such as '192.0.2.7' or '2001:db8::7'.");
            else if (DatagramAddress.From(new(source, 0)) is { IsUnspecified: true } or { IsMulticast: true } || source.IsIPv4MappedToIPv6)
                findings.Error(path["Socket"]["LocalAddresses"][i], $"Nothing can be dialled from '{source}': give an address of this machine, or leave the choice to the system.");
        }
        var family = L4Socket.Keys.AddressFamily.Of(socket);
        foreach (var (id, address) in destinations)
        {
            if (address.Address is { } ip && !family.Takes(ip.AddressFamily))
                findings.Error(path["Destinations"][id]["Address"], $"The cluster's 'Socket:AddressFamily' is '{family}', and this address is of the other family.");
        }
    }

    private static void CheckAddress(ConfigGraph graph, string clusterId, DestinationAddress address, ConfigPath path, Findings findings)
    {
        if (address.CaptureNames.Count > 0 && !address.HasFixedSuffix)
            findings.Warning(path, $"The client chooses the end of the host name of '{address}', and so reaches any host that this one can.");
        if (address.IsTemplate)
            TemplateCheck.Check(graph, clusterId, address, path, findings);
    }
}
