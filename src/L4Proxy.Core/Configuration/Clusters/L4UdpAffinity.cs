namespace L4Proxy.Configuration;

/// <summary>Which UDP flows go to one destination. A flow is what one client address and port sends to one local address and port.</summary>
public enum L4UdpAffinity
{
    /// <summary>Each on its own, as the policy picks.</summary>
    SourceIpPort,

    /// <summary>
    /// Those that there are at one time of one client address, on one endpoint: the first one's destination is that of the others, until it
    /// refuses or is taken away. Each still has a socket of its own.
    /// </summary>
    SourceIp,
}
