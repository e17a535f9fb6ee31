namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// Smooth weighted round robin: each pick credits every candidate with its weight, takes the one with most credit and
/// charges it with the sum of weights. Weights 5, 1, 1 make a a b a c a a, not a a a a a b c.
/// </summary>
/// <remarks>
/// Picks of a cluster happen one after the other under one lock, for as long as it takes to walk the candidates
/// twice; so any sum-of-weights picks in a row give each candidate exactly its weight, from however many threads.
/// </remarks>
internal sealed class RoundRobin(ClusterState cluster) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session)
    {
        lock (cluster.RoundRobinLock)
        {
            var total = WeightedDraw.TotalOf(candidates);
            DestinationModel? best = null;
            foreach (var candidate in candidates)
            {
                var weight = candidate.Share;
                if (weight <= 0)
                    continue;

                // Among the same candidates a credit never leaves these bounds. One earned beside a heavyweight that is
                // gone since could, and would then give its owner every pick for as long as that weight was large.
                candidate.State.RoundRobinCredit = Math.Clamp(candidate.State.RoundRobinCredit, -total, total) + weight;
                if (best is null || candidate.State.RoundRobinCredit > best.State.RoundRobinCredit)
                    best = candidate;
            }

            if (best is not null)
                best.State.RoundRobinCredit -= total;
            return best;
        }
    }
}
