using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Configuration.Validation;

/// <summary>Checks that the policies that clusters name are there.</summary>
internal sealed class LoadBalancingPolicyCheck(LoadBalancingPolicies policies) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var path = new ConfigPath(ConfigReader.SectionName)["Clusters"];
        foreach (var (id, cluster) in graph.Clusters)
        {
            if (cluster.LoadBalancingPolicy is { } policy && !policies.Names.Contains(policy, StringComparer.OrdinalIgnoreCase))
                errors.Add(new(path[id]["LoadBalancingPolicy"].ToString(), Explain(policy)));
        }
    }

    private string Explain(string policy)
    {
        var names = string.Join(", ", policies.Names);
        return LoadBalancingPolicies.NotYet.Contains(policy, StringComparer.OrdinalIgnoreCase)
            ? $"The policy {Quote.Text(policy)} is not supported yet; there are {names}."
            : $"There is no policy {Quote.Text(policy)}; there are {names}{NearestName.Hint(policy, policies.Names)}";
    }
}
