namespace L4Proxy.Configuration;

/// <summary>What a route does with the client's TLS.</summary>
public enum L4RouteTls
{
    /// <summary>Leaves it untouched: the destination's certificate is what the client sees.</summary>
    Passthrough,

    /// <summary>Terminates it with a certificate of its own.</summary>
    Terminate,
}
