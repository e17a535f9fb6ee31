namespace L4Proxy.Configuration;

/// <summary>Which datagrams of a UDP flow carry the PROXY header.</summary>
public enum L4ProxyProtocolDatagrams
{
    /// <summary>Only the first one.</summary>
    First,

    /// <summary>Each one.</summary>
    Every,
}
