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

    string? ServerName { get; }

    long BytesUp { get; }

    long BytesDown { get; }

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
