
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
        _otherClusters = OthersOf(now.Clusters, before.Clusters);
        var otherRoutes = OthersOf(now.Routes, before.Routes);
        _newRoutes = [.. before.SaidOfRoutes, .. otherRoutes];
        if (_otherClusters.Count > 0)
            _newRoutes.UnionWith(now.Routes.Where(item => item.Value.ClusterId is { } cluster && _otherClusters.Contains(cluster)).Select(item => item.Key));
        _newClusters = [.. before.SaidOfClusters, .. _otherClusters, .. ClustersOf(_newRoutes, now), .. ClustersOf(otherRoutes, before)];
    }

    /// <summary>Whether there is nothing to compare with.</summary>
    public bool IsAllNew => _otherClusters is null;

    /// <summary>The clusters that are not what they were, or are gone.</summary>
    public IEnumerable<string> OtherClusters => _otherClusters ?? [];

    /// <summary>The routes that are not settled, or are gone; null where all are new.</summary>
    public IReadOnlySet<string>? OtherRoutes => _newRoutes;

    /// <summary>The routes that are not settled, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, L4Route>> NewOf(Dictionary<string, L4Route> routes) => NewOf(routes, _newRoutes);

    /// <summary>The clusters that are not settled, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, L4Cluster>> NewOf(Dictionary<string, L4Cluster> clusters) => NewOf(clusters, _newClusters);

    /// <summary>Whether a route is what it was, and leads where it led.</summary>
    public bool IsSettledRoute(string id) => _newRoutes?.Contains(id) == false;

    /// <summary>Whether a cluster is what it was, whatever leads to it.</summary>
    public bool IsSameCluster(string id) => _otherClusters?.Contains(id) == false;

    /// <summary>Whether a cluster is what it was, and so are all routes to it.</summary>
    public bool IsSettledCluster(string id) => _newClusters?.Contains(id) == false;

    /// <summary>Whether all that is neither route nor cluster is the same.</summary>
    private static bool HaveSameFrame(ConfigGraph now, ConfigGraph before) =>
        WithoutMaps(now.Config) == WithoutMaps(before.Config)
        && OthersOf(now.Endpoints, before.Endpoints).Count == 0;

    private static L4Config WithoutMaps(L4Config config) => config with { Endpoints = null, Routes = null, Clusters = null };

    /// <summary>The ids of what is not the same object in both, or in one of them only.</summary>
    private static HashSet<string> OthersOf<T>(Dictionary<string, T> now, Dictionary<string, T> before)
        where T : class
    {
        var others = new HashSet<string>();
        if (ReferenceEquals(now, before))
            return others;
        var kept = 0;
        foreach (var (id, item) in now)
        {
            if (before.TryGetValue(id, out var known))
                kept++;
            if (!ReferenceEquals(known, item))
                others.Add(id);
        }
        if (kept < before.Count)
            others.UnionWith(before.Keys.Where(id => !now.ContainsKey(id)));
        return others;
    }

    private static IReadOnlyList<KeyValuePair<string, T>> NewOf<T>(Dictionary<string, T> items, HashSet<string>? wanted) => wanted switch
    {
        null => [.. items],
        { Count: 0 } => [],
        // One needs no order.
        { Count: 1 } when wanted.First() is var id => items.TryGetValue(id, out var item) ? [new(id, item)] : [],
        _ => [.. items.Where(item => wanted.Contains(item.Key))],
    };

    private static IEnumerable<string> ClustersOf(IEnumerable<string> routes, ConfigGraph graph) =>
        routes.Select(id => graph.Routes.GetValueOrDefault(id)?.ClusterId).OfType<string>();
}
