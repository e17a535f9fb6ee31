namespace L4Proxy.Configuration;

/// <summary>Whether a PROXY header is read.</summary>
public enum L4ProxyProtocolMode
{
    /// <summary>It is not; a header is data.</summary>
    Off,

    /// <summary>
    /// One from a trusted peer is read, one from any other peer is data. A trusted peer's first bytes are waited for to tell,
    /// also where the server speaks first.
    /// </summary>
    Optional,

    /// <summary>Each connection must come from a trusted peer and start with one, or it is refused.</summary>
    Required,
}
