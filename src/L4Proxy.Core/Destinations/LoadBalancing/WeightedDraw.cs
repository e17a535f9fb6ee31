namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>Chance, by weight.</summary>
internal static class WeightedDraw
{
    /// <summary>One of the candidates with a weight above 0; null when there is none.</summary>
    /// <param name="random">Must be usable from any thread at once.</param>
    /// <param name="candidates">To draw from.</param>
    /// <param name="except">One of them that is left out.</param>
    public static DestinationModel? Draw(Random random, ReadOnlySpan<DestinationModel> candidates, DestinationModel? except = null)
    {
        var total = TotalOf(candidates) - (except?.Share ?? 0);
        if (total == 0)
            return null;

        var rest = random.NextInt64(total);
        foreach (var candidate in candidates)
        {
            rest -= candidate == except ? 0 : candidate.Share;
            if (rest < 0)
                return candidate;
        }
        return null;
    }

    public static long TotalOf(ReadOnlySpan<DestinationModel> candidates)
    {
        var total = 0L;
        foreach (var candidate in candidates)
            total += candidate.Share;
        return total;
    }
}
