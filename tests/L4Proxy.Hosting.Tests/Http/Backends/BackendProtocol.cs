namespace L4Proxy.Hosting.Tests.Http.Backends;

/// <summary>What a backend speaks, and nothing else.</summary>
public enum BackendProtocol
{
    /// <summary>HTTP/1.1 in plaintext.</summary>
    Http1,

    /// <summary>HTTP/2 in plaintext, with prior knowledge.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS.</summary>
    H2,
}
