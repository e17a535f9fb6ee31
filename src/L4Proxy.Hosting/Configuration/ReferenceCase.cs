namespace L4Proxy.Configuration;

/// <summary>
/// Makes references mean the ids that they mean to <c>IConfiguration</c>, which takes keys in any case: an environment variable
/// <c>L4PROXY__CLUSTERS__BROKER__…</c> is about the cluster that a file calls <c>broker</c>.
/// </summary>
internal static class ReferenceCase
{
    /// <summary>Spells references as the ids are spelled. What means no id stays as it is.</summary>
    public static L4Config Resolve(L4Config config)
    {
        if (config.Routes is not { Count: > 0 } routes)
            return config;
        var endpoints = Spellings(config.Endpoints);
        var clusters = Spellings(config.Clusters);
        return config with { Routes = routes.ToDictionary(route => route.Key, route => route.Value is null ? null! : Resolve(route.Value, endpoints, clusters)) };
    }

    private static L4Route Resolve(L4Route route, Dictionary<string, string> endpoints, Dictionary<string, string> clusters) => route with
    {
        ClusterId = Spell(route.ClusterId, clusters),
        Endpoints = route.Endpoints?.Select(endpoint => Spell(endpoint, endpoints)!).ToArray(),
    };

    private static string? Spell(string? reference, Dictionary<string, string> ids) =>
        reference is not null && ids.TryGetValue(reference, out var id) ? id : reference;

    private static Dictionary<string, string> Spellings<T>(IReadOnlyDictionary<string, T>? items)
    {
        var spellings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in items?.Keys ?? [])
            spellings.TryAdd(id, id);
        return spellings;
    }
}
