namespace L4Proxy;

/// <summary>What becomes of an imagined connection.</summary>
public enum L4ExplainedOutcome
{
    /// <summary>No endpoint listens there, or several might.</summary>
    NoEndpoint,

    /// <summary>The firewall of the endpoint, or of the route that takes it, denies the client.</summary>
    FirewallDenied,

    /// <summary>A route takes it to its cluster.</summary>
    Proxied,

    /// <summary>HTTP gets it: by a route with <c>Action: Http</c>, or on an endpoint shared with Kestrel because no route takes it.</summary>
    Http,

    /// <summary>A route with <c>Action: Reject</c> takes it.</summary>
    Rejected,

    /// <summary>No route takes it: a connection is rejected, a datagram dropped.</summary>
    NoRoute,
}
