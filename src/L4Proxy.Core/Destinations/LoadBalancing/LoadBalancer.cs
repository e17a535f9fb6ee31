namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>A policy that chooses among destinations. Called from any thread at once.</summary>
internal abstract class LoadBalancer
{
    /// <summary>One of <paramref name="candidates"/>; null when it wants none, or could not choose and has ended the session. Never throws.</summary>
    /// <param name="candidates">Not to be read after the first wait.</param>
    /// <param name="session">What it is for.</param>
    public abstract ValueTask<DestinationState?> PickAsync(ReadOnlySpan<DestinationState> candidates, IBalancedSession session);
}
