namespace L4Proxy.Destinations.LoadBalancing;

/// <summary><c>Random</c>: any of them, by weight, whatever they have to do.</summary>
/// <param name="random">Must be usable from any thread at once.</param>
internal sealed class RandomChoice(Random random) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session) => WeightedDraw.Draw(random, candidates);
}
