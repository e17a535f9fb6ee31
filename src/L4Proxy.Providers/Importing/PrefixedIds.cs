using L4Proxy.Configuration;

namespace L4Proxy.Providers.Importing;

/// <summary>A configuration with ids of its own. What it says of an endpoint that it does not have is somebody else's id, and stays.</summary>
internal static class PrefixedIds
{
    public static L4Config Of(L4Config config, string prefix) => config with
    {
        Endpoints = Prefixed(config.Endpoints, prefix, endpoint => endpoint),
        Routes = Prefixed(config.Routes, prefix, route => route with
        {
            Endpoints = route.Endpoints is null ? null : [.. route.Endpoints.Select(id => config.Endpoints?.ContainsKey(id) == true ? prefix + id : id)],
            ClusterId = route.ClusterId is null ? null : prefix + route.ClusterId,
        }),
        Clusters = Prefixed(config.Clusters, prefix, cluster => cluster),
    };

    private static Dictionary<string, T>? Prefixed<T>(IReadOnlyDictionary<string, T>? items, string prefix, Func<T, T> change) =>
        items?.ToDictionary(item => prefix + item.Key, item => change(item.Value));
}
