using System.Buffers;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Destinations;

/// <summary>
/// Gives a connection one destination of a cluster after the other, each at most once, in the order of the cluster's
/// policy. A reload makes a new one.
/// </summary>
/// <param name="destinations">Those that are enabled, in their order.</param>
/// <param name="cluster">What outlives a reload.</param>
/// <param name="policy">Told whenever what is available changes.</param>
internal sealed class DestinationPicker(DestinationModel[] destinations, ClusterState cluster, LoadBalancer policy)
{
    private readonly Lock _gate = new();
    private volatile Available? _available;

    /// <summary>How many could be picked.</summary>
    public int Count => destinations.Length;

    /// <summary>
    /// The next destination; null when there is none left. One that refused lately comes only where there is no other.
    /// </summary>
    public ValueTask<DestinationModel?> NextAsync(TriedDestinations tried, IBalancedSession session, long now)
    {
        var available = _available is { } known && known.Holds(cluster, now) ? known : Renew(now);
        return tried.IsEmpty ? available.Policy.PickAsync(available.Destinations, session) : PickUntriedAsync(available, tried, session);
    }

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
            List<DestinationModel> answering = [];
            foreach (var destination in destinations)
            {
                var over = destination.State.Refusals.Until;
                if (over <= now)
                    answering.Add(destination);
                else
                    until = Math.Min(until, over);
            }
            var available = answering.Exists(destination => destination.Weight > 0) ? [.. answering] : destinations;
            return _available = new(available, policy.Over(available), changes, until);
        }
    }

    private ValueTask<DestinationModel?> PickUntriedAsync(Available available, TriedDestinations tried, IBalancedSession session)
    {
        var candidates = ArrayPool<DestinationModel>.Shared.Rent(destinations.Length);
        // Who has met one that refuses is not sent to try another that did.
        if (!TryCollect(destinations, tried, candidates, out var count, everRefused: false)
            && !TryCollect(available.Destinations, tried, candidates, out count))
            TryCollect(destinations, tried, candidates, out count);

        var picked = available.Policy.PickAsync(candidates.AsSpan(0, count), session);

        // The pool must not keep a removed destination alive.
        candidates.AsSpan(0, count).Clear();
        ArrayPool<DestinationModel>.Shared.Return(candidates);
        return picked;
    }

    /// <summary>Those that were not tried.</summary>
    /// <returns>Whether one of them may be picked.</returns>
    private static bool TryCollect(
        DestinationModel[] from, TriedDestinations tried, DestinationModel[] candidates, out int count, bool everRefused = true)
    {
        count = 0;
        var any = false;
        foreach (var destination in from)
        {
            if (tried.Contains(destination.Index) || (!everRefused && destination.State.Refusals.Until != Refusals.None))
                continue;
            candidates[count++] = destination;
            any |= destination.Weight > 0;
        }
        return any;
    }

    /// <summary>What may be picked where nothing was tried.</summary>
    private sealed record Available(DestinationModel[] Destinations, LoadBalancer Policy, int Changes, long Until)
    {
        public bool Holds(ClusterState cluster, long now) => Changes == cluster.Changes && now < Until;
    }
}
