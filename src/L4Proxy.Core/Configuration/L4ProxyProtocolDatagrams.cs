namespace L4Proxy.Configuration;

/// <summary>Which datagrams carry the PROXY header.</summary>
public enum L4ProxyProtocolDatagrams
{
    /// <summary>First.</summary>
    First,

    /// <summary>Every.</summary>
    Every,
}
