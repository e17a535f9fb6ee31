namespace L4Proxy.Configuration;

/// <summary>Whether a PROXY header is read.</summary>
public enum L4ProxyProtocolMode
{
    /// <summary>It is not; a header is data.</summary>
    Off,

    /// <summary>One from a trusted peer is read, one from any other peer is data.</summary>
    Optional,

    /// <summary>Each connection must come from a trusted peer and start with one, or it is refused.</summary>
    Required,
}
