using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Destinations.Queueing;

namespace L4Proxy.Destinations;

/// <summary>What a cluster keeps for as long as a cluster of its id is configured, across reloads.</summary>
internal sealed class ClusterState(string id, HealthNews? news = null)
{
    private int _changes;
    private ClusterQueue? _queue;

    /// <summary>The cluster's id.</summary>
    public string Id { get; } = id;

    /// <summary>How its destinations' failures are judged.</summary>
    public ClusterHealth Health { get; } = new(news);

    /// <summary>Another number than before when what may be picked of its destinations has changed.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Guards the round-robin credits of its destinations, which snapshots old and new share.</summary>
    internal Lock RoundRobinLock { get; } = new();

    /// <summary>The turns that are taken now, which have the credits of those that take them. Guarded by <see cref="RoundRobinLock"/>.</summary>
    internal Turns? Turns { get; set; }

    /// <summary>The table of its policy, which depends on ids and weights alone.</summary>
    internal MaglevTable? Maglev { get; set; }

    /// <summary>The cluster as the configuration in force has it; null where it has none.</summary>
    public ClusterModel? Current
    {
        get => Volatile.Read(ref field);
        set
        {
            Volatile.Write(ref field, value);
            if (value is not null)
                DrainTimeout = value.DrainTimeout;
            Queue?.NoteChange();
        }
    }

    /// <summary>How long connections to what is taken away may go on, by the last configuration that has or had the cluster: what was said when they began may have been too little.</summary>
    public TimeSpan DrainTimeout { get; private set; }

    /// <summary>Who waits for its destinations; null while nobody ever did.</summary>
    public ClusterQueue? Queue => Volatile.Read(ref _queue);

    /// <summary>The queue, for who is to wait in it.</summary>
    public ClusterQueue UseQueue() => LazyInitializer.EnsureInitialized(ref _queue, () => new(this));

    /// <summary>Whether one of its destinations may be picked is no longer what it was.</summary>
    public void NoteChange()
    {
        Interlocked.Increment(ref _changes);
        Queue?.NoteChange();
    }
}
