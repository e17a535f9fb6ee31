namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>A policy that chooses among destinations. Called from any thread at once.</summary>
internal abstract class LoadBalancer
{
    /// <summary>
    /// What may be picked from now on where nothing was tried: told whenever it changes, and once before the first pick. A policy that
    /// prepares something for it, such as a ring, answers with one that has it; that one picks until the next change.
    /// </summary>
    /// <param name="available">Stays as it is, and the same array comes to <see cref="PickAsync"/>.</param>
    public virtual LoadBalancer Over(DestinationModel[] available) => this;

    /// <summary>One of <paramref name="candidates"/>; null when it wants none, or could not choose and has ended the session. Never throws.</summary>
    /// <param name="candidates">What is available, or, after one that did not answer, what was not tried yet. Not to be read after the first wait.</param>
    /// <param name="session">What it is for.</param>
    public abstract ValueTask<DestinationModel?> PickAsync(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session);
}
