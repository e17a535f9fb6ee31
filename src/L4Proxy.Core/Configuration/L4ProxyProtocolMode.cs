namespace L4Proxy.Configuration;

/// <summary>Whether a PROXY header is read.</summary>
public enum L4ProxyProtocolMode
{
    /// <summary>Off.</summary>
    Off,

    /// <summary>Optional.</summary>
    Optional,

    /// <summary>Required.</summary>
    Required,
}
