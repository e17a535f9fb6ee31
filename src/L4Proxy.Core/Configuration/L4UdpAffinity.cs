namespace L4Proxy.Configuration;

/// <summary>What makes a UDP flow.</summary>
public enum L4UdpAffinity
{
    /// <summary>SourceIpPort.</summary>
    SourceIpPort,

    /// <summary>SourceIp.</summary>
    SourceIp,
}
