namespace L4Proxy.Configuration;

/// <summary>A PROXY header to destinations.</summary>
public sealed record L4ProxyProtocolOut
{
    /// <summary>Null: none.</summary>
    public L4ProxyProtocolVersion? Version { get; init; }

    /// <summary>Authority, Alpn, UniqueId, Crc32c, Ssl.</summary>
    public IReadOnlyList<string>? Tlvs { get; init; }

    /// <summary>Which datagrams of a UDP flow carry it.</summary>
    public L4ProxyProtocolDatagrams? Datagrams { get; init; }
}
