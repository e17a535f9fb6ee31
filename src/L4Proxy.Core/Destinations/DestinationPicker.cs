using System.Buffers;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Destinations;

/// <summary>
/// Gives a connection one destination of a cluster after the other, each at most once, in the order of the cluster's
/// policy. A reload makes a new one.
/// </summary>
/// <param name="destinations">Those that are enabled, in their order.</param>
/// <param name="cluster">What outlives a reload.</param>
/// <param name="policy">Told whenever what is available changes.</param>
/// <param name="slowStart">For so many milliseconds a destination has less than its weight when it is new or back.</param>
internal sealed class DestinationPicker(DestinationModel[] destinations, ClusterState cluster, LoadBalancer policy, long slowStart = 0)
{
    private const int StepsOfSlowStart = 50;
    private const long ShortestStep = 100;

    // The first two are for who has met one that refuses: it is not sent to try another that did, even where its time is over.
    private const int FirstOfUntried = 2;

    // Where so few work that health is ignored.
    private const int FirstOfPanic = 6;

    /// <summary>Where connections go, the first first: backups come before what refused lately, and what is ejected comes last.</summary>
    private static readonly Func<DestinationModel, long, bool>[] s_tiers =
    [
        (destination, _) => !destination.IsBackup && destination.State.Refusals.Until == Refusals.None,
        (destination, _) => destination.State.Refusals.Until == Refusals.None,
        (destination, now) => !destination.IsBackup && destination.State.Refusals.Until <= now,
        (destination, now) => destination.State.Refusals.Until <= now,
        (destination, now) => !destination.IsBackup && !destination.State.Ejection.Holds(now),
        (destination, now) => !destination.State.Ejection.Holds(now),
        (destination, _) => !destination.IsBackup,
        (_, _) => true,
    ];

    private readonly Lock _gate = new();
    private volatile Available? _available;

    /// <summary>How many could be picked.</summary>
    public int Count => destinations.Length;

    /// <summary>Whether one of them is full: why none is left. All of them, where the application's policy may have wanted none of the others.</summary>
    public bool HasFull => Array.Exists(destinations, destination => destination.State.IsFull)
        && (policy is BuiltInPolicy || Array.TrueForAll(destinations, destination => destination.Weight == 0 || destination.State.IsFull));

    /// <summary>Whether that is why none was left a moment ago: some may have become free since, for whoever comes next.</summary>
    public bool HadFull(long now) => HasFull || (policy is BuiltInPolicy && CountFree(now) > 0);

    /// <summary>
    /// The next destination; null when there is none left. One that refused lately comes only where there is no other.
    /// </summary>
    public ValueTask<DestinationModel?> NextAsync(TriedDestinations tried, IBalancedSession session, long now)
    {
        var available = AvailableAt(now);
        return tried.IsEmpty ? available.Policy.PickAsync(available.Destinations, session) : PickUntriedAsync(available, tried, session, now);
    }

    /// <summary>How many connections more may be begun at those that would be picked first; beyond all bounds where one of them has no limit.</summary>
    public long CountFree(long now)
    {
        var free = 0L;
        foreach (var destination in AvailableAt(now).Destinations)
            free += destination.Weight > 0 ? destination.State.Free : 0;
        return free;
    }

    private Available AvailableAt(long now) => _available is { } known && known.Holds(cluster, now) ? known : Renew(now);

    /// <summary>What is available has changed, or a refusal's time is over.</summary>
    private Available Renew(long now)
    {
        lock (_gate)
        {
            if (_available is { } renewed && renewed.Holds(cluster, now))
                return renewed;
            // Before what it counts is looked at: what changes meanwhile is seen the next time.
            var changes = cluster.Changes;
            var until = long.MaxValue;
            foreach (var destination in destinations)
            {
                foreach (var over in (ReadOnlySpan<long>)[destination.State.Refusals.Until, destination.State.Ejection.Until])
                    until = over > now ? Math.Min(until, over) : until;
            }
            var available = Array.ConvertAll(FirstTier(now), destination => AtShare(destination, now, ref until));
            return _available = new(available, policy.Over(available), changes, until);
        }
    }

    private DestinationModel[] FirstTier(long now)
    {
        var isPanic = IsPanic(now);
        foreach (var tier in TiersFrom(FirstOfUntried, isPanic))
        {
            var those = Array.FindAll(destinations, destination => tier(destination, now) && TakesNew(destination, isPanic));
            if (Array.Exists(those, destination => destination.Weight > 0))
                return those;
        }
        return [];
    }

    private static ReadOnlySpan<Func<DestinationModel, long, bool>> TiersFrom(int first, bool isPanic) => s_tiers.AsSpan(isPanic ? FirstOfPanic : first);

    /// <summary>Whether it has room, and works, or nobody minds.</summary>
    private static bool TakesNew(DestinationModel destination, bool isPanic) =>
        (destination.State.Probed.TakesNew || (isPanic && destination.State.Probed.Status == ProbedStatus.Down)) && !destination.State.IsFull;

    /// <summary>Whether so few work that those few are better not left alone with everything.</summary>
    private bool IsPanic(long now)
    {
        if (cluster.Health.Policy.PanicThresholdPercent is not (> 0 and var threshold))
            return false;
        var (all, well) = (0, 0);
        foreach (var destination in destinations)
        {
            var (probed, ejection) = (destination.State.Probed, destination.State.Ejection);
            if (destination.IsBackup || destination.Weight == 0 || probed.Status is ProbedStatus.Draining or ProbedStatus.Maintenance)
                continue;
            all++;
            well += probed.TakesNew && !ejection.Holds(now) ? 1 : 0;
        }
        return well * 100 < threshold * all;
    }

    /// <summary>A destination with the part of its weight that its agent leaves it, and of that what it has by now.</summary>
    private DestinationModel AtShare(DestinationModel destination, long now, ref long until)
    {
        var percent = destination.State.Probed.WeightPercent;
        if (slowStart > 0 && destination.State.Since is var since && since != DestinationState.Always && now - since < slowStart)
        {
            until = Math.Min(until, now + Math.Max(slowStart / StepsOfSlowStart, ShortestStep));
            percent = percent * (int)Math.Clamp(100 * (now - since) / slowStart, 1, 100) / 100;
        }
        return percent == 100 ? destination : destination.AtShare(Math.Max(1, percent));
    }

    private ValueTask<DestinationModel?> PickUntriedAsync(Available available, TriedDestinations tried, IBalancedSession session, long now)
    {
        var candidates = ArrayPool<DestinationModel>.Shared.Rent(destinations.Length);
        var count = Collect(tried, candidates, now);
        var picked = available.Policy.PickAsync(candidates.AsSpan(0, count), session);

        // The pool must not keep a removed destination alive.
        candidates.AsSpan(0, count).Clear();
        ArrayPool<DestinationModel>.Shared.Return(candidates);
        return picked;
    }

    private int Collect(TriedDestinations tried, DestinationModel[] candidates, long now)
    {
        var isPanic = IsPanic(now);
        foreach (var tier in TiersFrom(0, isPanic))
        {
            var (count, any) = (0, false);
            foreach (var destination in destinations)
            {
                if (tried.Contains(destination.Index) || !TakesNew(destination, isPanic) || !tier(destination, now))
                    continue;
                candidates[count++] = destination;
                any |= destination.Weight > 0;
            }
            if (any)
                return count;
        }
        return 0;
    }

    /// <summary>What may be picked where nothing was tried.</summary>
    private sealed record Available(DestinationModel[] Destinations, LoadBalancer Policy, int Changes, long Until)
    {
        public bool Holds(ClusterState cluster, long now) => Changes == cluster.Changes && now < Until;
    }
}
