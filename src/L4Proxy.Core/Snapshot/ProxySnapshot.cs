using System.Collections.Frozen;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Snapshot;

/// <summary>Everything that connections decide from, immutable. A reload makes a new one; live connections keep theirs.</summary>
internal sealed class ProxySnapshot
{
    public static ProxySnapshot Empty { get; } = new()
    {
        Revision = 0,
        Config = new L4Config(),
        Endpoints = FrozenDictionary<string, EndpointModel>.Empty,
        Clusters = FrozenDictionary<string, ClusterModel>.Empty,
    };

    /// <summary>Counts the configurations that came into force.</summary>
    public required long Revision { get; init; }

    public required L4Config Config { get; init; }

    public required FrozenDictionary<string, EndpointModel> Endpoints { get; init; }

    public required FrozenDictionary<string, ClusterModel> Clusters { get; init; }

    /// <summary>Looks names of destinations up; a reload that leaves <c>Dns</c> alone keeps what it knows.</summary>
    public AddressResolver? Resolver { get; init; }

    /// <summary>Whether an endpoint of an earlier snapshot is still there, and listens on the port.</summary>
    public bool Serves(EndpointModel before, int port)
    {
        if (!Endpoints.TryGetValue(before.Id, out var now) || before.IsUdp != now.IsUdp || before.IsShared != now.IsShared)
            return false;
        return now.Url is not { Host: not EndpointHost.None, Ports: var ports } || ports.Low == 0 || (port >= ports.Low && port <= ports.High);
    }

    /// <summary>The destination that one of an earlier snapshot is now, or null: it may have been away in between.</summary>
    public DestinationState? FindSame(string clusterId, DestinationState before) => Clusters.GetValueOrDefault(clusterId)?.Destinations
        .FirstOrDefault(destination => destination.IsSame(before.Id, before.Address));

    /// <summary>How long a shutdown waits.</summary>
    public TimeSpan ShutdownTimeout => Config.ShutdownTimeout ?? TimeSpan.FromSeconds(25);
}
