namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>A policy that never waits and allocates nothing.</summary>
internal abstract class BuiltInPolicy : LoadBalancer
{
    /// <summary>One of <paramref name="candidates"/> with a weight above 0; null when there is none.</summary>
    public abstract DestinationState? Pick(ReadOnlySpan<DestinationState> candidates);

    public sealed override ValueTask<DestinationState?> PickAsync(ReadOnlySpan<DestinationState> candidates, IBalancedSession session) =>
        new(Pick(candidates));
}
