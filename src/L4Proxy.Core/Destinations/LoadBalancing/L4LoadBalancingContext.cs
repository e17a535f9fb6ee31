using System.Net;

namespace L4Proxy;

/// <summary>What an <see cref="IL4LoadBalancingPolicy"/> decides from.</summary>
public sealed class L4LoadBalancingContext
{
    /// <summary>The connection's or flow's number, as in its record.</summary>
    public required long ConnectionId { get; init; }

    /// <summary>Id of the endpoint that it came in at.</summary>
    public required string EndpointId { get; init; }

    /// <summary>Id of its route.</summary>
    public required string RouteId { get; init; }

    /// <summary>Id of the cluster that is picked from.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The real client: the peer, or who a PROXY header says it speaks for. Null for a Unix socket without a name.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>The name that the client's TLS asks for (SNI, RFC 6066 section 3), in lower case; null if it is not known.</summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// The enabled destinations of the cluster that this connection has not tried yet, by id; at least one. Those that refused lately are
    /// left out where there are others. A policy sees to weights itself.
    /// </summary>
    public required IReadOnlyList<L4LoadBalancingDestination> Destinations { get; init; }
}
