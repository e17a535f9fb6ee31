using L4Proxy.Destinations.Health;

namespace L4Proxy.Destinations;

/// <summary>
/// What is known of one destination while it runs. It outlives a reload that leaves cluster, id and address as they were, so that its
/// connections stay counted. What becomes of a dial, a connection or a flow is told here and nowhere else, by TCP and UDP alike. From any thread.
/// </summary>
internal sealed class DestinationState(ClusterState cluster, string id = "")
{
    /// <summary>What <see cref="Since"/> is at first.</summary>
    public const long Always = long.MinValue;

    private int _active;
    private int _isHeard;
    private int _downs;

    /// <summary>The destination's id.</summary>
    public string Id => id;

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
    public bool IsFull => Active >= MostConnections;

    /// <summary>How many more it takes.</summary>
    public int Free => Math.Max(0, MostConnections - Active);

    /// <summary>What the configuration says, or less where its agent says less.</summary>
    private int MostConnections => Probed.MaxConnections is { } said ? Math.Min(said, MaxConnections) : MaxConnections;

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

    /// <summary>Whether it failed too often.</summary>
    public Ejection Ejection { get; } = new();

    /// <summary>Whether it accepts connections only to reset them.</summary>
    public EarlyResets EarlyResets { get; } = new();

    /// <summary>Why it failed last; None where it has answered since.</summary>
    public L4EndReason LastFailure { get; private set; }

    /// <summary>How often it was marked down.</summary>
    public int Downs => Volatile.Read(ref _downs);

    /// <summary>What probes say of it.</summary>
    public ProbedHealth Probed { get; } = new(cluster);

    /// <summary>
    /// How far it lags behind its share of picks, in units of <see cref="DestinationModel.Share"/>; what its turns have of that is not in it. Guarded by <see cref="ClusterState.RoundRobinLock"/>.
    /// </summary>
    internal long RoundRobinCredit { get; set; }

    /// <summary>It is about to be dialled. One of <see cref="Failed"/> and <see cref="Ended"/> follows.</summary>
    /// <returns>False where it is full.</returns>
    public bool TryBegin()
    {
        var (active, most) = (Interlocked.Increment(ref _active), MostConnections);
        // Once: who finds it full has nothing to tell.
        if (active == most)
            cluster.NoteChange();
        if (active <= most)
            return true;
        Ended();
        return false;
    }

    /// <summary>It is dialled, and may be back: no other is sent to it until that is known.</summary>
    /// <param name="now">The coarse clock's.</param>
    /// <param name="length">How long the dial may take, in milliseconds.</param>
    public void BeginTrial(long now, long length)
    {
        if (Refusals.TryBeginTrial(now, length))
            cluster.NoteChange();
    }

    /// <summary>It is there: it was connected to, with all that belongs to that, or has sent a datagram, or answers probes again.</summary>
    /// <param name="begunAt">When that began, by the coarse clock: what began before it was ejected does not end that.</param>
    public void Answered(long begunAt = long.MaxValue)
    {
        if (Refusals.Until == Refusals.None)
        {
            if (LastFailure != L4EndReason.None)
                LastFailure = L4EndReason.None;
            return;
        }
        var wasEjected = Ejection.Until != Ejection.None;
        if (!Ejection.TryEnd(begunAt) || !Refusals.TryForget())
            return;
        LastFailure = L4EndReason.None;
        if (begunAt != long.MaxValue)
            cluster.Health.TryOthers(this, begunAt);
        cluster.NoteChange();
        if (wasEjected)
            cluster.Health.Returned(this);
    }

    /// <summary>It may be tried now, whatever is known of it.</summary>
    public void Hasten(long now)
    {
        Refusals.Hasten(now);
        Ejection.Hasten(now);
    }

    /// <summary>It is not there.</summary>
    public void Refused(long now, L4EndReason failure = L4EndReason.UpstreamRefused)
    {
        if (Refusals.TryNote(now))
            Since = Refusals.Until;
        CountFailure(failure, now);
    }

    /// <summary>The dial failed.</summary>
    /// <param name="failure">Why; None where it is not to blame.</param>
    /// <param name="now">The coarse clock's.</param>
    public void Failed(L4EndReason failure, long now)
    {
        Ended();
        Blame(failure, now);
    }

    /// <summary>A dial failed that is counted by nobody.</summary>
    /// <inheritdoc cref="Failed"/>
    public void Blame(L4EndReason failure, long now)
    {
        if (IsRefusal(failure))
            Refused(now, failure);
        else if (IsFault(failure))
            CountFailure(failure, now);
    }

    /// <summary>Whether who fails by it does not work; else it is this side's or the client's fault, or nobody's.</summary>
    public static bool IsFault(L4EndReason failure) => IsRefusal(failure)
        || failure is L4EndReason.UpstreamTlsFailed or L4EndReason.UpstreamTlsTimeout or L4EndReason.StartTlsRefused or L4EndReason.ResolveFailed;

    /// <summary>It reset a connection a moment after it was made, and had sent nothing.</summary>
    public void WasReset(long now)
    {
        if (EarlyResets.Note(now) >= cluster.Health.Policy.MaxFails && cluster.Health.Policy.IsWatched)
            cluster.Health.EjectForResets(this, now);
    }

    /// <summary>Others come first until a time, whatever else is known of it.</summary>
    public void PutOff(long until)
    {
        Refusals.PutOff(until);
        Since = until;
    }

    /// <summary>The connection or flow to it is over.</summary>
    public void Ended()
    {
        if (Interlocked.Decrement(ref _active) == MostConnections - 1)
            cluster.NoteChange();
    }

    /// <summary>What probes say of it has changed.</summary>
    /// <param name="change">What <see cref="Probed"/> returned.</param>
    /// <param name="now">The coarse clock's.</param>
    public void Follow(ProbedChange change, long now)
    {
        if (change.IsLoss)
            MarkedDown();
        if (change.From != change.To && change.To == ProbedStatus.Up)
            Answered();
        if (change.IsReturn)
            Since = now;
    }

    /// <summary>It serves nobody any more, as its probes or its agent say, or is ejected.</summary>
    /// <param name="cuts">Whether what is connected to it may end by that.</param>
    public void MarkedDown(bool cuts = true)
    {
        Interlocked.Increment(ref _downs);
        if (cuts)
            cluster.Health.MarkedDown(this);
    }

    /// <summary>One-way flows: whether the caller is the one that listens for refusals now, until <see cref="EndHearing"/>.</summary>
    public bool TryBeginHearing() => Interlocked.CompareExchange(ref _isHeard, 1, 0) == 0;

    /// <inheritdoc cref="TryBeginHearing"/>
    public void EndHearing() => Volatile.Write(ref _isHeard, 0);

    private static bool IsRefusal(L4EndReason failure) =>
        failure is L4EndReason.ConnectRefused or L4EndReason.ConnectUnreachable or L4EndReason.ConnectTimeout or L4EndReason.UpstreamRefused;

    private void CountFailure(L4EndReason failure, long now)
    {
        LastFailure = failure;
        if (cluster.Health.Policy is { IsWatched: true } policy && Ejection.NoteFailure(policy, now))
            cluster.Health.Eject(this, failure, now);
    }
}
