namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>A policy that never waits and allocates nothing.</summary>
internal abstract class BuiltInPolicy : LoadBalancer
{
    /// <summary>One of <paramref name="candidates"/> with a weight above 0; null when there is none.</summary>
    public abstract DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session);

    public sealed override ValueTask<DestinationModel?> PickAsync(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session) =>
        new(Pick(candidates, session));
}
