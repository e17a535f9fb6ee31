using System.Net;

namespace L4Proxy;

/// <summary>One TCP connection or UDP flow at one moment.</summary>
public sealed class L4SessionInfo
{
    /// <summary>Its number, unique in this process; the access log has the same.</summary>
    public required long Id { get; init; }

    /// <summary>Whether it is a UDP flow.</summary>
    public required bool IsUdp { get; init; }

    /// <summary>Id of the endpoint that it came in at.</summary>
    public required string EndpointId { get; init; }

    /// <summary>Id of its route; null until one is found.</summary>
    public string? RouteId { get; init; }

    /// <summary>Id of the cluster that the route leads to; null where it leads to none.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Id of its destination; null until that has answered.</summary>
    public string? DestinationId { get; init; }

    /// <summary>The real client: the peer, or who a PROXY header says it speaks for. Null for a Unix socket without a name.</summary>
    public EndPoint? ClientEndPoint { get; init; }

    /// <summary>The address of the destination; null until one is connected.</summary>
    public EndPoint? UpstreamEndPoint { get; init; }

    /// <summary>The name that the client's TLS asks for (SNI, RFC 6066 section 3), in lower case; null if it is not known.</summary>
    public string? ServerName { get; init; }

    /// <summary>Bytes from the client to the destination so far.</summary>
    public required long BytesUp { get; init; }

    /// <summary>Bytes from the destination to the client so far.</summary>
    public required long BytesDown { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it ended; <see cref="L4EndReason.None"/> while it lives.</summary>
    public L4EndReason EndReason { get; init; }

    /// <summary>Where it comes from and where it goes.</summary>
    public override string ToString() =>
        $"{Id} {(IsUdp ? "udp" : "tcp")} {ClientEndPoint} -> {EndpointId} {RouteId} {ClusterId}/{DestinationId} ({UpstreamEndPoint}) up {BytesUp} down {BytesDown}";
}
