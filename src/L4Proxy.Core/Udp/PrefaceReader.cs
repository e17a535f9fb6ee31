using System.Buffers;
using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Udp;

/// <summary>Station match: chooses a flow's route by its first datagram, or by the first few where the protocol says in them what a route asks for.</summary>
internal static class PrefaceReader
{
    /// <summary>Looks for a route. It may need more datagrams.</summary>
    public static RouteMatch Read(in FlowOrigin origin, ReadOnlySpan<byte> datagram, out PrefaceInfo info)
    {
        info = PrefaceInspector.InspectDatagram(datagram, origin.Endpoint.Protocols);
        return Match(origin, info, datagram, noMoreBytes: false);
    }

    /// <summary>
    /// A QUIC client that comes from another address than before goes on where it was (RFC 9000 section 9): on the route that its hello would have from
    /// here, if that one has the destination. A flow of its own there: the server sees the new address as it would without a proxy, and makes sure itself that the client is behind it.
    /// </summary>
    /// <returns>No route where it is not known, or not let in.</returns>
    public static RouteMatch FindMoved(in FlowOrigin origin, ReadOnlySpan<byte> datagram, out QuicConnection? before)
    {
        before = origin.Shard.Listener.Connections.Find(datagram);
        if (before is not { Way: { } way })
            return default;
        // Its first bytes are long gone, and this is no client's first datagram.
        var match = Match(origin, before.Preface, first: [], noMoreBytes: true);
        return match.Route?.Cluster?.Find(way.Destination) is null ? default : match;
    }

    /// <summary>Looks again.</summary>
    /// <param name="origin">As it was at the first look.</param>
    /// <param name="info">What is known.</param>
    /// <param name="first">The flow's first datagram.</param>
    /// <param name="noMoreBytes">No other datagram is waited for.</param>
    public static RouteMatch Match(in FlowOrigin origin, in PrefaceInfo info, ReadOnlySpan<byte> first, bool noMoreBytes)
    {
        var routes = origin.Endpoint.Routes;
        var facts = FactsOf(origin, info);
        if (!routes.Needs.RawBytes)
            return routes.Match(facts, noMoreBytes);
        var copy = ArrayPool<byte>.Shared.Rent(first.Length);
        first.CopyTo(copy);
        var match = routes.Match(facts with { Bytes = copy.AsMemory(0, first.Length) }, noMoreBytes);
        ArrayPool<byte>.Shared.Return(copy);
        return match;
    }

    /// <summary>What is known of a flow.</summary>
    public static ConnectionFacts FactsOf(in FlowOrigin origin, in PrefaceInfo info) => new()
    {
        ClientAddress = origin.Client,
        LocalAddress = origin.Client is null ? null : origin.Key.Local.ToIPAddress(),
        LocalPort = origin.Key.Local.Port,
        Preface = info,
        IsDatagram = true,
    };
}
