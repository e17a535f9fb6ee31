namespace L4Proxy.Configuration;

/// <summary>What a PROXY v2 header says beside the addresses (section 2.2 of the PROXY protocol).</summary>
public enum L4ProxyProtocolTlv
{
    /// <summary>The server name of the TLS hello (<c>PP2_TYPE_AUTHORITY</c>).</summary>
    Authority,

    /// <summary>The ALPN protocol (<c>PP2_TYPE_ALPN</c>).</summary>
    Alpn,

    /// <summary>The connection's id (<c>PP2_TYPE_UNIQUE_ID</c>).</summary>
    UniqueId,

    /// <summary>A checksum of the header (<c>PP2_TYPE_CRC32C</c>).</summary>
    Crc32c,

    /// <summary>How the client's TLS was terminated (<c>PP2_TYPE_SSL</c>).</summary>
    Ssl,
}
