namespace L4Proxy.ProxyProtocol;

/// <summary>What <see cref="ProxyHeaderParser"/> makes of a connection's first bytes.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>So far it may be a header; more bytes will tell.</summary>
    NeedMore,

    /// <summary>No PROXY header, whatever follows.</summary>
    NotMine,

    /// <summary>A header, but a wrong one, whatever follows.</summary>
    Invalid,

    /// <summary>A whole header.</summary>
    Found,
}
