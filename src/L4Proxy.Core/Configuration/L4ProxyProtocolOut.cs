namespace L4Proxy.Configuration;

/// <summary>The PROXY header that is written to destinations.</summary>
public sealed record L4ProxyProtocolOut
{
    /// <summary>Its version.</summary>
    /// <value><c>V1</c> or <c>V2</c>. Default: no header.</value>
    public L4ProxyProtocolVersion? Version { get; init; }

    /// <summary>What a version 2 header says beside the addresses.</summary>
    /// <value><c>Authority</c>, <c>Alpn</c>, <c>UniqueId</c>, <c>Crc32c</c>, <c>Ssl</c>. Default: nothing.</value>
    public IReadOnlyList<L4ProxyProtocolTlv>? Tlvs { get; init; }

    /// <summary>Which datagrams of a UDP flow carry the header (version 2 only).</summary>
    /// <value><c>First</c> or <c>Every</c>. Default: <c>First</c>.</value>
    public L4ProxyProtocolDatagrams? Datagrams { get; init; }
}
