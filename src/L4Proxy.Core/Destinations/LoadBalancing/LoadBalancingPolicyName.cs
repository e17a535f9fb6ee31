namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>What <c>LoadBalancingPolicy</c> calls the built-in policies.</summary>
internal static class LoadBalancingPolicyName
{
    /// <summary>The less loaded of two destinations drawn by weight.</summary>
    public const string PowerOfTwoChoices = nameof(PowerOfTwoChoices);

    /// <summary>In turn, by weight.</summary>
    public const string RoundRobin = nameof(RoundRobin);

    /// <summary>Always the first that can be had.</summary>
    public const string First = nameof(First);
}
