using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Routing;
using L4Proxy.Snapshot;

namespace L4Proxy.Diagnostics;

/// <summary>What is recorded of a TCP connection or a UDP flow.</summary>
internal interface ISessionRecord
{
    /// <summary>Unique in this process.</summary>
    long Id { get; }

    /// <summary>When it began, for measuring.</summary>
    long StartTimestamp { get; }

    EndpointModel Endpoint { get; }

    RouteModel? Route { get; }

    DestinationState? Destination { get; }

    /// <summary>The real client.</summary>
    EndPoint? ClientEndPoint { get; }

    /// <summary>The destination's address, once there is a socket to it.</summary>
    EndPoint? UpstreamEndPoint { get; }

    string? ServerName { get; }

    long BytesUp { get; }

    long BytesDown { get; }

    /// <summary>How many of them have reached the other side for certain: those that are still under way may never.</summary>
    (long Up, long Down) Delivered { get; }

    /// <summary>What the meter has heard of.</summary>
    ref ReportedBytes Reported { get; }

    /// <summary>Whether the client never sent a byte.</summary>
    bool IsSilent { get; }

    L4EndReason EndReason { get; }

    /// <summary>Cancelled when it ends.</summary>
    CancellationToken Ended { get; }

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    bool TryEnd(L4EndReason reason);

    /// <summary>Whether the gauge of active ones counted it in.</summary>
    bool IsCounted { get; set; }
}
