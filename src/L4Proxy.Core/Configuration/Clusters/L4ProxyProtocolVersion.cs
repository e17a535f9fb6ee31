namespace L4Proxy.Configuration;

/// <summary>Version of the PROXY header.</summary>
public enum L4ProxyProtocolVersion
{
    /// <summary>The line of text.</summary>
    V1,

    /// <summary>The binary form.</summary>
    V2,
}
