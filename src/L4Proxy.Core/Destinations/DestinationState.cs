namespace L4Proxy.Destinations;

/// <summary>
/// What is known of one destination while it runs. It outlives a reload that leaves cluster, id and address as they were, so that its
/// connections stay counted. What becomes of a dial, a connection or a flow is told here and nowhere else, by TCP and UDP alike. From any thread.
/// </summary>
internal sealed class DestinationState(ClusterState cluster)
{
    /// <summary>What <see cref="Since"/> is at first.</summary>
    public const long Always = long.MinValue;

    private int _active;
    private int _isHeard;

    /// <summary>Its cluster's.</summary>
    public ClusterState Cluster => cluster;

    /// <summary>
    /// Whether the configuration in force has it and lets it be picked; its connections drain if not. Live, unlike what a model says: who
    /// began under an earlier configuration must see it.
    /// </summary>
    public bool Enabled
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Connections and flows to it, those being dialled included.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>How many of them there may be, as the configuration in force says.</summary>
    public int MaxConnections
    {
        get => Volatile.Read(ref field);
        set
        {
            if (Interlocked.Exchange(ref field, value) != value)
                cluster.NoteChange();
        }
    } = int.MaxValue;

    /// <summary>Whether it takes no more of them.</summary>
    public bool IsFull => Active >= MaxConnections;

    /// <summary>When it began to take connections, or will again, by the coarse clock; <see cref="Always"/> where nothing is known of a beginning.</summary>
    public long Since
    {
        get => Volatile.Read(ref field);
        set
        {
            Volatile.Write(ref field, value);
            cluster.NoteChange();
        }
    } = Always;

    /// <summary>Whether it refused lately.</summary>
    public Refusals Refusals { get; } = new();

    /// <summary>
    /// How far it lags behind its share of picks, in units of weight. Guarded by <see cref="ClusterState.RoundRobinLock"/>.
    /// </summary>
    internal long RoundRobinCredit { get; set; }

    /// <summary>It is about to be dialled. One of <see cref="Failed"/> and <see cref="Ended"/> follows.</summary>
    /// <returns>False where it is full.</returns>
    public bool TryBegin()
    {
        var (active, most) = (Interlocked.Increment(ref _active), MaxConnections);
        // Once: who finds it full has nothing to tell.
        if (active == most)
            cluster.NoteChange();
        if (active <= most)
            return true;
        Ended();
        return false;
    }

    /// <summary>It is there: it was connected to, with all that belongs to that, or has sent a datagram.</summary>
    public void Answered()
    {
        if (Refusals.TryForget())
            cluster.NoteChange();
    }

    /// <summary>It is not there.</summary>
    public void Refused(long now)
    {
        if (Refusals.TryNote(now))
            Since = Refusals.Until;
    }

    /// <summary>The dial failed.</summary>
    /// <param name="failure">Why; None where it is not to blame.</param>
    /// <param name="now">The coarse clock's.</param>
    public void Failed(L4EndReason failure, long now)
    {
        Ended();
        if (failure is L4EndReason.ConnectRefused or L4EndReason.ConnectUnreachable or L4EndReason.ConnectTimeout or L4EndReason.UpstreamRefused)
            Refused(now);
    }

    /// <summary>The connection or flow to it is over.</summary>
    public void Ended()
    {
        if (Interlocked.Decrement(ref _active) == MaxConnections - 1)
            cluster.NoteChange();
    }

    /// <summary>One-way flows: whether the caller is the one that listens for refusals now, until <see cref="EndHearing"/>.</summary>
    public bool TryBeginHearing() => Interlocked.CompareExchange(ref _isHeard, 1, 0) == 0;

    /// <inheritdoc cref="TryBeginHearing"/>
    public void EndHearing() => Volatile.Write(ref _isHeard, 0);
}
