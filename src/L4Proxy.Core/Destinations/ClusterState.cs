namespace L4Proxy.Destinations;

/// <summary>What a cluster keeps for as long as a cluster of its id is configured, across reloads.</summary>
internal sealed class ClusterState(string id)
{
    /// <summary>The cluster's id.</summary>
    public string Id { get; } = id;

    /// <summary>Guards the round-robin positions of its destinations, which snapshots old and new share.</summary>
    internal Lock RoundRobinLock { get; } = new();
}
