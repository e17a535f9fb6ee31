namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// Draws two different destinations, each by weight, and takes the one with fewer connections for its weight: nearly
/// as even as asking all of them, without everybody running to the one that looks best (Mitzenmacher, 2001).
/// </summary>
/// <param name="random">Must be usable from any thread at once.</param>
internal sealed class PowerOfTwoChoices(Random random) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationState? Pick(ReadOnlySpan<DestinationState> candidates)
    {
        var first = Draw(candidates, except: null);
        var second = first is null ? null : Draw(candidates, except: first);
        return second is null || !IsLessLoaded(second, first!) ? first : second;
    }

    private static bool IsLessLoaded(DestinationState one, DestinationState other) =>
        (long)one.Active * other.Weight < (long)other.Active * one.Weight;

    private DestinationState? Draw(ReadOnlySpan<DestinationState> candidates, DestinationState? except)
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
