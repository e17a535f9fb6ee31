namespace L4Proxy.Configuration;

/// <summary>What a PROXY v2 header says beside the addresses (section 2.2 of the PROXY protocol).</summary>
public enum L4ProxyProtocolTlv
{
    /// <summary>The server name that the client's TLS asks for (<c>PP2_TYPE_AUTHORITY</c>).</summary>
    Authority,

    /// <summary>The ALPN protocol agreed on, or the only one that the client offers (<c>PP2_TYPE_ALPN</c>).</summary>
    Alpn,

    /// <summary>An id of the connection that is unique everywhere (<c>PP2_TYPE_UNIQUE_ID</c>).</summary>
    UniqueId,

    /// <summary>A checksum of the header (<c>PP2_TYPE_CRC32C</c>).</summary>
    Crc32c,

    /// <summary>How the client's TLS was terminated (<c>PP2_TYPE_SSL</c>).</summary>
    Ssl,
}
