using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration;

/// <summary>
/// Makes one configuration of those of several providers. Endpoints, routes and clusters are put together by id; what two
/// providers both say is an error, but a global value may be repeated. Where they disagree the first one counts, so that the
/// result does not depend on anything but the order of the providers.
/// </summary>
internal static class ConfigMerger
{
    /// <summary>Merges snapshots, in the order in which the providers were registered.</summary>
    /// <param name="snapshots">The snapshots; their own errors become part of the result.</param>
    /// <param name="rootPath">What paths in errors start with.</param>
    public static L4ConfigParseResult Merge(IReadOnlyList<L4ConfigSnapshot> snapshots, string rootPath = ConfigReader.SectionName)
    {
        if (snapshots.Count == 1)
            return new(snapshots[0].Config, snapshots[0].Errors);
        var errors = new ConfigErrors();
        object merged = new L4Config();
        foreach (var snapshot in snapshots)
            merged = Merge(SectionShapes.Section, merged, snapshot.Config, new ConfigPath(rootPath), errors);
        return new((L4Config)merged, [.. snapshots.SelectMany(snapshot => snapshot.Errors), .. errors.All]);
    }

    private static object Merge(RecordShape shape, object first, object second, ConfigPath path, ConfigErrors errors)
    {
        foreach (var key in shape.Keys)
        {
            if (key.Get(second) is not { } value)
                continue;
            first = key.Set(first, key.Get(first) is { } given
                ? Merge(key.Shape, given, value, path[key.Name], errors)
                : value);
        }

        return first;
    }

    private static object Merge(ConfigShape shape, object first, object second, ConfigPath path, ConfigErrors errors)
    {
        switch (shape)
        {
            case RecordShape record:
                return Merge(record, first, second, path, errors);
            case MapShape map:
                return map.Union(first, second, id => errors.Add(path[id], "Two configuration sources give this id."));
            default:
                if (!ConfigWriter.Write(shape, first).AsSpan().SequenceEqual(ConfigWriter.Write(shape, second)))
                    errors.Add(path, "Two configuration sources give different values.");
                return first;
        }
    }
}
