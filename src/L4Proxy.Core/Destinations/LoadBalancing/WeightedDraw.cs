namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>Chance, by weight.</summary>
internal static class WeightedDraw
{
    /// <summary>One of the candidates with a weight above 0; null when there is none.</summary>
    /// <param name="random">Must be usable from any thread at once.</param>
    /// <param name="candidates">To draw from.</param>
    /// <param name="except">One that is left out.</param>
    public static DestinationState? Draw(Random random, ReadOnlySpan<DestinationState> candidates, DestinationState? except = null)
    {
        var total = 0L;
        foreach (var candidate in candidates)
            total += candidate == except ? 0 : Math.Max(0, candidate.Weight);
        if (total == 0)
            return null;

        var rest = random.NextInt64(total);
        DestinationState? last = null;
        foreach (var candidate in candidates)
        {
            var weight = candidate.Weight;
            if (weight <= 0 || candidate == except)
                continue;
            last = candidate;
            rest -= weight;
            if (rest < 0)
                break;
        }

        // A reload may lower a weight between the two walks: then the last one will do.
        return last;
    }
}
