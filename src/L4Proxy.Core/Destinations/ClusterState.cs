using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Destinations;

/// <summary>What a cluster keeps for as long as a cluster of its id is configured, across reloads.</summary>
internal sealed class ClusterState(string id)
{
    private int _changes;

    /// <summary>The cluster's id.</summary>
    public string Id { get; } = id;

    /// <summary>Another number than before when what may be picked of its destinations has changed.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Guards the round-robin positions of its destinations, which snapshots old and new share.</summary>
    internal Lock RoundRobinLock { get; } = new();

    /// <summary>The table of its policy, which depends on ids and weights alone.</summary>
    internal MaglevTable? Maglev { get; set; }

    /// <summary>Whether one of its destinations may be picked is no longer what it was.</summary>
    public void NoteChange() => Interlocked.Increment(ref _changes);
}
