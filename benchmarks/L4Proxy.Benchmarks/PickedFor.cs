using System.Net;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Benchmarks;

/// <summary>A connection that a destination is picked for.</summary>
internal sealed class PickedFor : IBalancedSession
{
    public long Id => 1;

    public string EndpointId => "in";

    public string? RouteId => "all";

    public EndPoint? ClientEndPoint { get; } = new IPEndPoint(IPAddress.Parse("10.0.0.7"), 40_000);

    public string? ServerName => null;

    public L4EndReason EndReason => L4EndReason.None;

    public CancellationToken Ended => default;

    public bool TryEnd(L4EndReason reason) => false;
}
