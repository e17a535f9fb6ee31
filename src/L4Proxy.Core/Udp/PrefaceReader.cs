using System.Net;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Snapshot;

namespace L4Proxy.Udp;

/// <summary>Station match: chooses a flow's route by its first datagram.</summary>
internal static class PrefaceReader
{
    /// <summary>Looks for a route.</summary>
    /// <returns>Relayed where there is one, or why the datagram is dropped.</returns>
    public static DatagramOutcome Read(
        EndpointModel endpoint, in SessionKey key, IPAddress? client, ReadOnlySpan<byte> datagram, out RouteMatch match)
    {
        var routes = endpoint.Routes;
        var facts = new ConnectionFacts
        {
            ClientAddress = client,
            LocalAddress = client is null ? null : key.Local.ToIPAddress(),
            LocalPort = key.Local.Port,
            Preface = routes.Protocols.IsEmpty ? default : PrefaceInspector.InspectDatagram(datagram, routes.Protocols),
        };
        match = routes.Match(facts, noMoreBytes: true);
        return match.Route is null ? DatagramOutcome.NoRoute : DatagramOutcome.Relayed;
    }
}
