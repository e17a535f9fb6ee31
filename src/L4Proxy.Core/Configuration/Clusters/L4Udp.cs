using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>UDP to destinations.</summary>
public sealed record L4Udp
{
    /// <summary>
    /// Answers that each datagram of the client's awaits, as nginx's <c>proxy_responses</c>: a flow that has got as many for all that its
    /// client has sent ends. 0 is one-way: each datagram is a flow of its own with a destination of its own, and no answer is relayed.
    /// </summary>
    /// <value>Datagrams, 0 to 1000000. Default: no such end, only <see cref="L4Timeouts.Idle"/>.</value>
    public int? Responses { get; init; }

    /// <summary>The largest datagram that is relayed; larger ones are counted and dropped.</summary>
    /// <value>Bytes, 1 to 65527 (the most that IPv6 carries). Default: 65507 (the most that IPv4 carries).</value>
    public int? MaxDatagram { get; init; }

    /// <summary>Which flows go to one destination. A flow is always what one address and port sends.</summary>
    /// <value><c>SourceIpPort</c> or <c>SourceIp</c>. Default: <c>SourceIpPort</c>.</value>
    public L4UdpAffinity? Affinity { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Udp());

        public static readonly Key<L4Udp, int> Responses = new(Shape, Whole(0, 1_000_000), r => r.Responses, (r, v) => r with { Responses = v })
            { Unit = "Datagrams", Otherwise = "no such end, only `Idle`" };
        public static readonly DefaultedKey<L4Udp, int> MaxDatagram = new(Shape, Whole(1, 65527), 65507, r => r.MaxDatagram, (r, v) => r with { MaxDatagram = v })
            { Unit = "Bytes", Note = " (the most that IPv6 carries)", Otherwise = " (the most that IPv4 carries)" };
        public static readonly DefaultedKey<L4Udp, L4UdpAffinity> Affinity = new(Shape, new NameShape<L4UdpAffinity>(), L4UdpAffinity.SourceIpPort,
            r => r.Affinity, (r, v) => r with { Affinity = v });
    }
}
