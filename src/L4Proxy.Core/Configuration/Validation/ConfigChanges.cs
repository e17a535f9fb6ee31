
namespace L4Proxy.Configuration.Validation;

/// <summary>
/// Which routes and clusters are to be looked at, where a configuration is in force already: those that are not the same objects, that
/// have to do with one that is not, or of which something was said. Of all others nothing new can be said, whatever they are.
/// </summary>
/// <remarks>One change among ten thousand routes costs so what is changed, and not what is there.</remarks>
internal sealed class ConfigChanges
{
    // Null where all are new.
    private readonly HashSet<string>? _newRoutes;
    private readonly HashSet<string>? _newClusters;
    private readonly HashSet<string>? _otherClusters;

    /// <summary>Compares a configuration with the one in force.</summary>
    /// <param name="now">What is to be looked at.</param>
    /// <param name="before">What is in force; null where nothing is.</param>
    public ConfigChanges(ConfigGraph now, ConfigGraph? before)
    {
        if (before is null || !HaveSameFrame(now, before))
            return;
        _otherClusters = [.. NewOf(now.Clusters, before.Clusters), .. NewOf(before.Clusters, now.Clusters)];
        _newRoutes = [.. before.SaidOfRoutes, .. NewOf(now.Routes, before.Routes)];
        _newRoutes.UnionWith(now.Routes.Where(item => item.Value.ClusterId is { } cluster && _otherClusters.Contains(cluster)).Select(item => item.Key));
        _newClusters = [.. before.SaidOfClusters, .. _otherClusters, .. ClustersOf(_newRoutes, now), .. ClustersOf(NewOf(before.Routes, now.Routes), before)];
    }

    /// <summary>Whether there is nothing to compare with.</summary>
    public bool IsAllNew => _otherClusters is null;

    /// <summary>The clusters that are not what they were, or are gone.</summary>
    public IEnumerable<string> OtherClusters => _otherClusters ?? [];

    /// <summary>Whether a route is what it was, and leads where it led.</summary>
    public bool IsSettledRoute(string id) => _newRoutes?.Contains(id) == false;

    /// <summary>Whether a cluster is what it was, whatever leads to it.</summary>
    public bool IsSameCluster(string id) => _otherClusters?.Contains(id) == false;

    /// <summary>Whether a cluster is what it was, and so are all routes to it.</summary>
    public bool IsSettledCluster(string id) => _newClusters?.Contains(id) == false;

    /// <summary>Whether all that is neither route nor cluster is the same.</summary>
    private static bool HaveSameFrame(ConfigGraph now, ConfigGraph before) =>
        WithoutMaps(now.Config) == WithoutMaps(before.Config)
        && now.Endpoints.Count == before.Endpoints.Count && NewOf(now.Endpoints, before.Endpoints).Count == 0;

    private static L4Config WithoutMaps(L4Config config) => config with { Endpoints = null, Routes = null, Clusters = null };

    /// <summary>The ids of what is not the same object there.</summary>
    private static HashSet<string> NewOf<T>(Dictionary<string, T> items, Dictionary<string, T> others)
        where T : class => ReferenceEquals(items, others) ? [] :
        [.. items.Where(item => !others.TryGetValue(item.Key, out var other) || !ReferenceEquals(other, item.Value)).Select(item => item.Key)];

    private static IEnumerable<string> ClustersOf(IEnumerable<string> routes, ConfigGraph graph) =>
        routes.Select(id => graph.Routes.GetValueOrDefault(id)?.ClusterId).OfType<string>();
}
