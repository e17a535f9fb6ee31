using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Configuration.Validation;

/// <summary>Checks that the policies that clusters name are there.</summary>
internal sealed class LoadBalancingPolicyCheck(LoadBalancingPolicies policies) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var path = new ConfigPath(ConfigReader.SectionName)["Clusters"];
        foreach (var (id, cluster) in graph.NewClusters)
        {
            if (cluster.LoadBalancingPolicy is { } policy && !policies.Names.Contains(policy, StringComparer.OrdinalIgnoreCase))
                errors.Add(new(path[id]["LoadBalancingPolicy"].ToString(), $"There is no policy {Quote.Text(policy)}; there are {string.Join(", ", policies.Names)}{NearestName.Hint(policy, policies.Names)}"));
            CheckUse(cluster, path[id], errors, warnings);
        }
    }

    private static void CheckUse(L4Cluster cluster, ConfigPath path, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        if (cluster.HashBalanceFactor is > 0 and <= 100 and var factor)
            errors.Add(new(path["HashBalanceFactor"].ToString(), $"{factor} percent of its part would leave connections without a destination: 101 or more, or 0 for off."));
        var policy = L4Cluster.Keys.LoadBalancingPolicy.Of(cluster);
        if (cluster.SlowStart > TimeSpan.Zero && !LoadBalancingPolicies.GoesByShares(policy))
            warnings.Add(new(path["SlowStart"].ToString(), $"The policy is {policy}, which goes by no weight that rises: it has no effect."));
        if (LoadBalancingPolicies.Hashes(policy))
            return;
        if (cluster.HashOn is not null)
            warnings.Add(new(path["HashOn"].ToString(), $"The policy is {policy}, which hashes nothing: it has no effect."));
        if (cluster.HashBalanceFactor is > 0)
            warnings.Add(new(path["HashBalanceFactor"].ToString(), $"The policy is {policy}, which hashes nothing: it has no effect."));
    }
}
