using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Snapshot;

namespace L4Proxy.Udp;

/// <summary>Station match: chooses a flow's route by its first datagram, or by the first few where the protocol says in them what a route asks for.</summary>
internal static class PrefaceReader
{
    /// <summary>Looks for a route. It may need more datagrams.</summary>
    public static RouteMatch Read(EndpointModel endpoint, in SessionKey key, IPAddress? client, ReadOnlySpan<byte> datagram, out PrefaceInfo info)
    {
        info = PrefaceInspector.InspectDatagram(datagram, endpoint.Protocols);
        return Match(endpoint, key, client, info, noMoreBytes: false);
    }

    /// <summary>
    /// A QUIC client that comes from another address than before goes on where it was (RFC 9000 section 9): on the route that its hello would have from
    /// here, if that one has the destination. A flow of its own there: the server sees the new address as it would without a proxy, and makes sure itself that the client is behind it.
    /// </summary>
    /// <returns>No route where it is not known, or not let in.</returns>
    public static RouteMatch FindMoved(
        UdpShard shard, EndpointModel endpoint, in SessionKey key, IPAddress? client, ReadOnlySpan<byte> datagram, out QuicConnection? before)
    {
        before = shard.Listener.Connections.Find(datagram);
        if (before is not { Way: { } way })
            return default;
        var match = Match(endpoint, key, client, before.Preface, noMoreBytes: true);
        return match.Route?.Cluster?.Find(way.Destination) is null ? default : match;
    }

    /// <summary>Looks again.</summary>
    /// <param name="endpoint">The endpoint as it was at the first look.</param>
    /// <param name="key">Client and local address.</param>
    /// <param name="client">The client, where anything asks for it.</param>
    /// <param name="info">What is known.</param>
    /// <param name="noMoreBytes">No other datagram is waited for.</param>
    public static RouteMatch Match(EndpointModel endpoint, in SessionKey key, IPAddress? client, in PrefaceInfo info, bool noMoreBytes) =>
        endpoint.Routes.Match(
            new ConnectionFacts
            {
                ClientAddress = client,
                LocalAddress = client is null ? null : key.Local.ToIPAddress(),
                LocalPort = key.Local.Port,
                Preface = info,
            },
            noMoreBytes);
}
