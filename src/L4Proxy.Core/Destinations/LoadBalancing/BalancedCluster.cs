using L4Proxy.Configuration;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>A cluster as a policy sees it when it is made.</summary>
/// <param name="State">Where the policy keeps what a reload must not reset.</param>
/// <param name="Config">What is configured.</param>
/// <param name="Destinations">Those that are enabled and no backups, in the order of their indexes.</param>
internal readonly record struct BalancedCluster(ClusterState State, L4Cluster Config, DestinationModel[] Destinations)
{
    public L4HashOn HashOn => L4Cluster.Keys.HashOn.Of(Config);

    public int HashBalanceFactor => L4Cluster.Keys.HashBalanceFactor.Of(Config);
}
