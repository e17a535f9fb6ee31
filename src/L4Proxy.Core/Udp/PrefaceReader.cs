using System.Buffers;
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
        return Match(endpoint, key, client, info, datagram, noMoreBytes: false);
    }

    /// <summary>Looks again.</summary>
    /// <param name="endpoint">The endpoint as it was at the first look.</param>
    /// <param name="key">Client and local address.</param>
    /// <param name="client">The client, where anything asks for it.</param>
    /// <param name="info">What is known.</param>
    /// <param name="first">The flow's first datagram.</param>
    /// <param name="noMoreBytes">No other datagram is waited for.</param>
    public static RouteMatch Match(EndpointModel endpoint, in SessionKey key, IPAddress? client, in PrefaceInfo info, ReadOnlySpan<byte> first, bool noMoreBytes)
    {
        var facts = new ConnectionFacts
        {
            ClientAddress = client,
            LocalAddress = client is null ? null : key.Local.ToIPAddress(),
            LocalPort = key.Local.Port,
            Preface = info,
            IsDatagram = true,
        };
        if (!endpoint.Routes.NeedsRawBytes)
            return endpoint.Routes.Match(facts, noMoreBytes);
        var copy = ArrayPool<byte>.Shared.Rent(first.Length);
        first.CopyTo(copy);
        var match = endpoint.Routes.Match(facts with { Bytes = copy.AsMemory(0, first.Length) }, noMoreBytes);
        ArrayPool<byte>.Shared.Return(copy);
        return match;
    }
}
