namespace L4Proxy.Configuration;

/// <summary>What a route does with a connection.</summary>
public enum L4RouteAction
{
    /// <summary>Relays it to a destination of the route's cluster.</summary>
    Proxy,

    /// <summary>Hands it to this host's own HTTP server.</summary>
    Http,

    /// <summary>Refuses it.</summary>
    Reject,
}
