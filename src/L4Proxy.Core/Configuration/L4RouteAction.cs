namespace L4Proxy.Configuration;

/// <summary>What a route does with a connection.</summary>
public enum L4RouteAction
{
    /// <summary>Proxy.</summary>
    Proxy,

    /// <summary>Http.</summary>
    Http,

    /// <summary>Reject.</summary>
    Reject,
}
