using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Api.Live;

/// <summary>Every destination that there is: how it is in this process, and what its sources and the store say of it.</summary>
internal sealed class LiveDestinations(IL4DestinationHealth health, ObjectCatalog catalog, StoreSession store)
{
    /// <summary>All of them, by cluster and id; those that were removed and still have connections come last.</summary>
    public IEnumerable<LiveDestination> All()
    {
        var state = store.Current;
        var clusters = new Dictionary<string, L4Cluster?>();
        foreach (var status in health.GetDestinations())
        {
            if (!clusters.TryGetValue(status.ClusterId, out var cluster))
                clusters.Add(status.ClusterId, cluster = ClusterOf(status.ClusterId, state));
            yield return Of(status, cluster, state);
        }
    }

    /// <summary>One, with what a state of the store says of it; null if there is none.</summary>
    public LiveDestination? Find(string clusterId, string id, StoreState state)
    {
        // One that was replaced is there twice, and comes last.
        var status = health.GetDestinations().FirstOrDefault(status => status.ClusterId == clusterId && status.DestinationId == id);
        if (status is not null)
            return Of(status, ClusterOf(clusterId, state), state);
        return ConfigOf(ClusterOf(clusterId, state), id) is { } config ? new(clusterId, id, null, config, state.Find(StoreKind.Override, DestinationOverride.IdOf(clusterId, id))) : null;
    }

    /// <summary>Whether the sources and a state of the store have one.</summary>
    public bool IsConfigured(string clusterId, string id, StoreState state) => ConfigOf(ClusterOf(clusterId, state), id) is not null;

    private static LiveDestination Of(L4DestinationStatus status, L4Cluster? cluster, StoreState state)
    {
        var config = status.Health == L4DestinationHealth.Removed ? null : ConfigOf(cluster, status.DestinationId);
        var item = config is null ? null : state.Find(StoreKind.Override, DestinationOverride.IdOf(status.ClusterId, status.DestinationId));
        return new(status.ClusterId, status.DestinationId, status, config, item);
    }

    private L4Cluster? ClusterOf(string id, StoreState state) => catalog.Find(ApiKind.Cluster, id, state)?.Config as L4Cluster;

    private static L4Destination? ConfigOf(L4Cluster? cluster, string id) => cluster?.Destinations?.GetValueOrDefault(id);
}
