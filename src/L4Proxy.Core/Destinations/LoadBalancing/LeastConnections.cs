namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// The one with the fewest connections for its weight, as HAProxy's <c>leastconn</c>: for connections that stay long. Among equals chance
/// decides, by weight, so that nobody runs to the first of them.
/// </summary>
/// <param name="random">Must be usable from any thread at once.</param>
internal sealed class LeastConnections(Random random) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session)
    {
        DestinationModel? best = null;
        var (active, weight, ofEquals) = (0L, 0L, 0L);
        foreach (var candidate in candidates)
        {
            // Read once: it changes meanwhile.
            var (itsActive, itsWeight) = ((long)candidate.State.Active, (long)candidate.Share);
            if (itsWeight == 0)
                continue;
            var difference = best is null ? -1 : (itsActive * weight) - (active * itsWeight);
            if (difference > 0)
                continue;
            ofEquals = difference < 0 ? itsWeight : ofEquals + itsWeight;
            if (difference < 0 || random.NextInt64(ofEquals) < itsWeight)
                (best, active, weight) = (candidate, itsActive, itsWeight);
        }

        return best;
    }
}
