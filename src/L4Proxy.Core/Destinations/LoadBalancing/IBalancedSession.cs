using System.Net;
using L4Proxy.Prefaces;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>What a policy may see of the connection or flow that it picks for.</summary>
internal interface IBalancedSession
{
    /// <summary>Unique in this process.</summary>
    long Id { get; }

    /// <summary>Id of its endpoint.</summary>
    string EndpointId { get; }

    /// <summary>Id of its route.</summary>
    string? RouteId { get; }

    /// <summary>The real client.</summary>
    EndPoint? ClientEndPoint { get; }

    /// <summary>The name that the client's TLS asks for.</summary>
    string? ServerName { get; }

    /// <summary>What its first bytes say; of a flow's nothing is kept.</summary>
    PrefaceInfo PrefaceInfo => default;

    L4EndReason EndReason { get; }

    /// <summary>Cancelled when it ends.</summary>
    CancellationToken Ended { get; }

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    bool TryEnd(L4EndReason reason);
}
