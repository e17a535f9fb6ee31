using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>The policies there are, by name: the built-in ones and the application's.</summary>
internal sealed class LoadBalancingPolicies
{
    private const string Hash = "Hash";

    // One line a policy.
    private static readonly (string Name, Func<BalancedCluster, LoadBalancer> Create)[] s_builtIn =
    [
        (nameof(PowerOfTwoChoices), _ => new PowerOfTwoChoices(Random.Shared)),
        (nameof(RoundRobin), cluster => new RoundRobin(cluster.State)),
        (nameof(LeastConnections), _ => new LeastConnections(Random.Shared)),
        (nameof(Random), _ => new RandomChoice(Random.Shared)),
        (nameof(First), _ => new First()),
        (Hash, cluster => new RendezvousHash(cluster.HashOn, cluster.HashBalanceFactor)),
        (nameof(Maglev), cluster => new Maglev(cluster.HashOn, cluster.HashBalanceFactor, cluster.State, cluster.Destinations)),
    ];

    private readonly Dictionary<string, IL4LoadBalancingPolicy> _own = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<IL4LoadBalancingPolicy, string, ApplicationPolicy> _create;

    /// <summary>The built-in ones and <paramref name="own"/>.</summary>
    /// <exception cref="InvalidOperationException">A name is empty or there twice.</exception>
    public LoadBalancingPolicies(
        IEnumerable<IL4LoadBalancingPolicy> own, TimeProvider time, PerSecondLimit warnings, ILogger<LoadBalancingPolicies> log)
    {
        _create = (policy, clusterId) => new ApplicationPolicy(policy, clusterId, time, warnings, log);
        foreach (var policy in own)
        {
            if (string.IsNullOrWhiteSpace(policy.Name))
                throw new InvalidOperationException($"The load-balancing policy {policy.GetType()} has no name.");
            if (IsReserved(policy.Name) || !_own.TryAdd(policy.Name, policy))
                throw new InvalidOperationException($"There are two load-balancing policies called '{policy.Name}'; one is {policy.GetType()}.");
        }
        Names = [.. s_builtIn.Select(policy => policy.Name), .. _own.Keys];
    }

    /// <summary>Whether a policy goes by <c>HashOn</c>.</summary>
    public static bool Hashes(string policy) => Is(policy, Hash) || Is(policy, nameof(Maglev));

    /// <summary>Whether a policy goes by <see cref="DestinationModel.Share"/>, which is less than the weight while a destination starts slowly.</summary>
    public static bool GoesByShares(string policy) => Array.Exists(s_builtIn, one => Is(policy, one.Name)) && !Is(policy, nameof(First)) && !Is(policy, nameof(Maglev));

    /// <summary>What they are called.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The policy of a name for one cluster; null when no policy is called that.</summary>
    /// <param name="policy">A name, in any case.</param>
    /// <param name="cluster">What it picks for.</param>
    public LoadBalancer? Create(string policy, in BalancedCluster cluster)
    {
        if (Array.Find(s_builtIn, one => Is(policy, one.Name)).Create is { } create)
            return create(cluster);
        return _own.TryGetValue(policy, out var own) ? _create(own, cluster.State.Id) : null;
    }

    private static bool IsReserved(string name) =>
        Array.Exists(s_builtIn, policy => Is(name, policy.Name));

    private static bool Is(string name, string policy) => string.Equals(name, policy, StringComparison.OrdinalIgnoreCase);
}
