namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// Smooth weighted round robin: each pick credits every candidate with its weight, takes the one with most credit and
/// charges it with the sum of weights. Weights 5, 1, 1 make a a b a c a a, not a a a a a b c.
/// </summary>
/// <remarks>
/// What is available takes <see cref="Turns"/>, without a lock; so any sum-of-weights picks in a row give each destination exactly its weight, from however many threads. What is left
/// to a connection that has tried some is another choice each time: that alone is worked out under the lock. Credits outlive changes, so that none begins anew with the first.
/// </remarks>
internal sealed class RoundRobin(ClusterState cluster, Turns? turns = null) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override LoadBalancer Over(DestinationModel[] available)
    {
        lock (cluster.RoundRobinLock)
        {
            cluster.Turns?.Settle();
            return new RoundRobin(cluster, cluster.Turns = new(available, cluster.RoundRobinLock));
        }
    }

    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session) =>
        turns is not null && turns.AreOf(candidates) ? turns.Take() : PickOfTheRest(candidates);

    private DestinationModel? PickOfTheRest(ReadOnlySpan<DestinationModel> candidates)
    {
        lock (cluster.RoundRobinLock)
        {
            var total = WeightedDraw.TotalOf(candidates);
            DestinationModel? best = null;
            foreach (var candidate in candidates)
            {
                if (candidate.Share is not (> 0 and var share))
                    continue;
                var state = candidate.State;
                state.RoundRobinCredit = Math.Clamp(state.RoundRobinCredit, -total, total) + share;
                if (best is null || state.RoundRobinCredit > best.State.RoundRobinCredit)
                    best = candidate;
            }
            if (best is not null)
                best.State.RoundRobinCredit -= total;
            return best;
        }
    }
}
