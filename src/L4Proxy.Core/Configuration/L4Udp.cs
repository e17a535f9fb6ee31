namespace L4Proxy.Configuration;

/// <summary>UDP to destinations.</summary>
public sealed record L4Udp
{
    /// <summary>Answers after which a flow ends, as nginx's <c>proxy_responses</c>.</summary>
    /// <value>Datagrams, 1 to 1000000. Default: no such end, only <see cref="L4Timeouts.Idle"/>.</value>
    public int? Responses { get; init; }

    /// <summary>The largest datagram that is relayed; larger ones are counted and dropped.</summary>
    /// <value>Bytes, 1 to 65527 (the most that IPv6 carries). Default: 65507 (the most that IPv4 carries).</value>
    public int? MaxDatagram { get; init; }

    /// <summary>Which datagrams make one flow.</summary>
    /// <value><c>SourceIpPort</c> or <c>SourceIp</c>. Default: <c>SourceIpPort</c>.</value>
    public L4UdpAffinity? Affinity { get; init; }
}
