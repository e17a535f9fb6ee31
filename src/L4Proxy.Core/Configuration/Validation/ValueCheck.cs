using System.Collections;
using System.Runtime.CompilerServices;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Validation;

/// <summary>What can be said of each value by itself: ranges, names, ids, nulls, and lists that must not be empty.</summary>
internal static class ValueCheck
{
    /// <summary>Checks every value.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var key in L4Config.Keys.Shape.Keys)
        {
            if (key.Get(graph.Config) is not { } value)
                continue;
            if (key == L4Config.Keys.Routes)
                CheckMap((MapShape)key.Shape, HasNull(value, graph.Routes) ? value : NewOf(graph.NewRoutes), path[key.Name], findings);
            else if (key == L4Config.Keys.Clusters)
                CheckMap((MapShape)key.Shape, HasNull(value, graph.Clusters) ? value : NewOf(graph.NewClusters), path[key.Name], findings);
            else
                CheckValue(key.Shape, value, path[key.Name], findings);
        }
    }

    // Code may put null where a nullable context says that there is none.
    private static bool HasNull<T>(object given, Dictionary<string, T> items) => ((IReadOnlyDictionary<string, T>)given).Count != items.Count;

    private static Dictionary<string, T> NewOf<T>(IReadOnlyList<KeyValuePair<string, T>> items) => new(items);

    // Called a million times at a cold start, before the runtime would compile it for speed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckRecord(RecordShape shape, object record, ConfigPath path, Findings findings)
    {
        foreach (var key in shape.Keys)
        {
            if (key.Get(record) is { } value)
                CheckValue(key.Shape, value, path[key.Name], findings);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckValue(ConfigShape shape, object? value, ConfigPath path, Findings findings)
    {
        switch (shape)
        {
            case not null when value is null:
                findings.Error(path, "There is null here; leave it out.");
                break;
            case ScalarShape scalar:
                if (!scalar.IsAllowed(value, out var reason))
                    findings.Error(path, reason);
                break;
            case RecordShape record:
                CheckRecord(record, value, path, findings);
                break;
            case ListShape { WhenEmpty: { } error } list when list.Count(value) == 0:
                findings.Error(path, error);
                break;
            case ListShape list:
                var index = 0;
                foreach (var item in (IEnumerable)value)
                    CheckValue(list.Element, item, path[index++], findings);
                break;
            case MapShape map:
                CheckMap(map, value, path, findings);
                break;
        }
    }

    private static void CheckMap(MapShape map, object value, ConfigPath path, Findings findings)
    {
        foreach (var (id, item) in map.Items(value))
        {
            if (map.Element is RecordShape && !ConfigId.IsValid(id))
                findings.Error(path[id], ConfigId.Rule);
            CheckValue(map.Element, item, path[id], findings);
        }
    }
}
