namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// A policy that chooses among destinations. The built-in ones are synchronous, allocate nothing and are called from
/// any thread at once.
/// </summary>
internal abstract class LoadBalancer
{
    /// <summary>One of <paramref name="candidates"/> with a weight above 0; null when there is none.</summary>
    public abstract DestinationState? Pick(ReadOnlySpan<DestinationState> candidates);

    /// <summary>The policy of a name for one cluster; null when no policy is called that.</summary>
    /// <param name="policy">A name of <see cref="LoadBalancingPolicyName"/>, in any case; null is the default.</param>
    /// <param name="cluster">Where the policy keeps what a reload must not reset.</param>
    public static LoadBalancer? Create(string? policy, ClusterState cluster)
    {
        policy ??= LoadBalancingPolicyName.Default;
        if (Is(policy, LoadBalancingPolicyName.PowerOfTwoChoices))
            return new PowerOfTwoChoices(Random.Shared);
        if (Is(policy, LoadBalancingPolicyName.RoundRobin))
            return new RoundRobin(cluster);
        return Is(policy, LoadBalancingPolicyName.First) ? new First() : null;
    }

    private static bool Is(string name, string policy) => string.Equals(name, policy, StringComparison.OrdinalIgnoreCase);
}
