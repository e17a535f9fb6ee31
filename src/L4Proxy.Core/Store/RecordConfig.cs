using System.Runtime.CompilerServices;
using L4Proxy.Configuration;

namespace L4Proxy.Store;

/// <summary>Makes routes of HTTP requests of the names of internal services: a route and a cluster of each that has a target.</summary>
internal static class RecordConfig
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    // The same record is the same route and cluster, so that a change of another one is no change of it.
    private static readonly ConditionalWeakTable<StoreItem, Tuple<L4Route, L4Cluster>> s_made = [];

    /// <summary>What the route and the cluster of a record are called.</summary>
    public static string IdOf(string name) => $"record-{name}";

    /// <summary>A configuration with the records of a state. One that has something wrong is left out, and breaks no other; who writes a route of the same id means it.</summary>
    public static L4Config With(L4Config config, StoreState state)
    {
        List<(string Id, StoreItem Item)> serving = [.. state[StoreKind.Record].Values.Where(IsServing).Select(item => (IdOf(item.Id), item))];
        if (serving.Count == 0)
            return config;
        var routes = (config.Routes ?? new Dictionary<string, L4Route>()).ToDictionary();
        var clusters = (config.Clusters ?? new Dictionary<string, L4Cluster>()).ToDictionary();
        foreach (var (id, item) in serving)
        {
            var (route, cluster) = s_made.GetValue(item, static item => Tuple.Create(RouteOf(item.Id), ClusterOf((StoreRecord)item.Config!)));
            routes.TryAdd(id, route);
            clusters.TryAdd(id, cluster);
        }
        return config with { Routes = routes, Clusters = clusters };
    }

    private static bool IsServing(StoreItem item) => item.Errors.Count == 0 && item.Config is StoreRecord { Targets: { } targets } && targets.Values.Any(target => target.IsServing);

    private static L4Route RouteOf(string name) => new() { Endpoints = L4Route.OnKestrel, Mode = L4RouteMode.L7, Match = new() { Sni = [name] }, ClusterId = IdOf(name) };

    private static L4Cluster ClusterOf(StoreRecord record)
    {
        var serving = record.Targets!.Where(item => item.Value.IsServing).ToList();
        return new()
        {
            Destinations = serving.ToDictionary(item => item.Key, item => new L4Destination { Address = item.Value.Address }),
            // Where there is another one to go to. That something listens is all that can be asked of a service that nobody knows.
            HealthCheck = serving.Count > 1 ? new() { Active = new() { Enabled = true, Interval = s_interval } } : null,
            Tls = StoreTarget.Keys.Protocol.Of(serving[0].Value) == TargetProtocol.Https ? new() { SkipVerify = record.SkipVerify } : null,
        };
    }
}
