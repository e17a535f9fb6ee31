namespace L4Proxy.Configuration;

/// <summary>Version of the PROXY header.</summary>
public enum L4ProxyProtocolVersion
{
    /// <summary>V1.</summary>
    V1,

    /// <summary>V2.</summary>
    V2,
}
