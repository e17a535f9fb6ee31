namespace L4Proxy.Configuration;

/// <summary>What an HTTP destination speaks.</summary>
public enum L4HttpProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS, by prior knowledge.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS.</summary>
    H2,
}
