using System.Net;

namespace L4Proxy;

/// <summary>What an <see cref="IL4ConnectionMatcher"/> decides from.</summary>
public sealed class L4ConnectionMatcherContext
{
    /// <summary>The connection's number, as in its record.</summary>
    public required long ConnectionId { get; init; }

    /// <summary>Id of the endpoint that it came in at.</summary>
    public required string EndpointId { get; init; }

    /// <summary>Id of the route that asks.</summary>
    public required string RouteId { get; init; }

    /// <summary>What the route gives it.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The real client: the peer, or who a PROXY header says it speaks for. Null for a Unix socket without a name.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>What the client connected to: of the socket, whatever a PROXY header says.</summary>
    public EndPoint? LocalEndPoint { get; init; }

    /// <summary>The name that the client's TLS asks for (SNI, RFC 6066 section 3), in lower case; null if it is not known, or not yet.</summary>
    public string? ServerName { get; init; }

    /// <summary>What the client speaks, as in <c>Match:Protocols</c>: of the protocols that routes of the endpoint ask for.</summary>
    public required IReadOnlyList<string> Protocols { get; init; }

    /// <summary>
    /// What the client has sent so far, behind a PROXY header: as much as the route's other conditions needed, or more; empty where they need none. It may be kept.
    /// </summary>
    public required ReadOnlyMemory<byte> FirstBytes { get; init; }
}
