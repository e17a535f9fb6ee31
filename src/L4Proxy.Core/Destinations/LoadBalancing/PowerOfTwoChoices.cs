namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// Draws two different destinations, each by weight, and takes the one with fewer connections for its weight: nearly
/// as even as asking all of them, without everybody running to the one that looks best (Mitzenmacher, 2001).
/// </summary>
/// <param name="random">Must be usable from any thread at once.</param>
internal sealed class PowerOfTwoChoices(Random random) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session)
    {
        var first = WeightedDraw.Draw(random, candidates);
        var second = first is null ? null : WeightedDraw.Draw(random, candidates, except: first);
        return second is null || !IsLessLoaded(second, first!) ? first : second;
    }

    private static bool IsLessLoaded(DestinationModel one, DestinationModel other) =>
        (long)one.State.Active * other.Share < (long)other.State.Active * one.Share;
}
