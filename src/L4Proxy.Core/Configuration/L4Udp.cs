namespace L4Proxy.Configuration;

/// <summary>UDP settings.</summary>
public sealed record L4Udp
{
    /// <summary>Datagrams after which a flow ends.</summary>
    public int? Responses { get; init; }

    /// <summary>Null: 65507.</summary>
    public int? MaxDatagram { get; init; }

    /// <summary>Null: <see cref="L4UdpAffinity.SourceIpPort"/>.</summary>
    public L4UdpAffinity? Affinity { get; init; }
}
