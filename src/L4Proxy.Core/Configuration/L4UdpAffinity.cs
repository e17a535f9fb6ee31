namespace L4Proxy.Configuration;

/// <summary>Which datagrams make one UDP flow.</summary>
public enum L4UdpAffinity
{
    /// <summary>Those from one address and port.</summary>
    SourceIpPort,

    /// <summary>Those from one address.</summary>
    SourceIp,
}
