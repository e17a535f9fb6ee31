using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Providers.Following;

/// <summary>What reads as it did before is the same object: what is followed is read whole each time, and a change of one route is to cost no more than that (docs/decisions/0014-one-change.md).</summary>
internal static class KeptObjects
{
    /// <summary>A configuration with the objects of the one before, where they say the same; that one itself where all of them do.</summary>
    public static L4Config Of(L4Config now, L4Config before)
    {
        var kept = now with
        {
            Endpoints = Kept(now.Endpoints, before.Endpoints, L4Endpoint.Keys.Shape),
            Routes = Kept(now.Routes, before.Routes, L4Route.Keys.Shape),
            Clusters = Kept(now.Clusters, before.Clusters, L4Cluster.Keys.Shape),
        };
        return kept == before ? before : kept;
    }

    private static IReadOnlyDictionary<string, T>? Kept<T>(IReadOnlyDictionary<string, T>? now, IReadOnlyDictionary<string, T>? before, RecordShape shape)
        where T : class
    {
        if (now is null || before is null)
            return now;
        var kept = now.ToDictionary(item => item.Key, item => before.TryGetValue(item.Key, out var known) && IsSame(item.Value, known, shape) ? known : item.Value);
        return kept.Count == before.Count && kept.All(item => before.TryGetValue(item.Key, out var known) && ReferenceEquals(known, item.Value)) ? before : kept;
    }

    private static bool IsSame(object one, object other, RecordShape shape) => ConfigWriter.Write(shape, one).AsSpan().SequenceEqual(ConfigWriter.Write(shape, other));
}
