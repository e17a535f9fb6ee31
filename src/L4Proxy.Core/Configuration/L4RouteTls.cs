namespace L4Proxy.Configuration;

/// <summary>What a route does with TLS.</summary>
public enum L4RouteTls
{
    /// <summary>Passthrough.</summary>
    Passthrough,

    /// <summary>Terminate.</summary>
    Terminate,
}
