using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration;

/// <summary>
/// Makes one configuration of those of several providers. Endpoints, routes and clusters are put together by id; what two
/// providers both say is an error, but a global value may be repeated. Where they disagree the first one counts, so that the
/// result does not depend on anything but the order of the providers. A store comes after them and yields: what it has hidden in it is a warning.
/// </summary>
internal static class ConfigMerger
{
    /// <summary>Merges snapshots, in the order in which the providers were registered.</summary>
    /// <param name="provided">The snapshots; their own errors become part of the result.</param>
    /// <param name="rootPath">What paths in errors start with.</param>
    /// <param name="kestrel">Where endpoints of Kestrel's listen; null where there is none.</param>
    public static L4ConfigParseResult Merge(IReadOnlyList<ProvidedConfig> provided, string rootPath = ConfigReader.SectionName, KestrelPlaces? kestrel = null)
    {
        if (provided.Count == 1)
            return new(provided[0].Snapshot.Config, provided[0].Snapshot.Errors);
        provided = [.. provided.OrderBy(item => (item.Joins, item.Yields))];
        var isConflict = false;
        object merged = new L4Config();
        foreach (var item in provided)
        {
            var there = (L4Config)merged;
            var config = item.Joins ? JoinedEndpoints.Join(item.Snapshot.Config, ref there, kestrel) : item.Snapshot.Config;
            merged = Merge(L4Config.Keys.Shape, there, config, new ConfigPath(rootPath), (_, _) => isConflict = true);
        }
        var (conflicts, hidden) = isConflict ? Conflicts(provided, rootPath) : ([], []);
        return new((L4Config)merged, [.. provided.SelectMany(item => item.Snapshot.Errors), .. conflicts]) { Warnings = hidden };
    }

    /// <summary>Who contradicts whom: looked for only when somebody does.</summary>
    private static (IReadOnlyList<L4ConfigError> Errors, IReadOnlyList<L4ConfigError> Hidden) Conflicts(IReadOnlyList<ProvidedConfig> provided, string rootPath)
    {
        var (errors, hidden) = (new ConfigErrors(), new ConfigErrors());
        for (var second = 1; second < provided.Count; second++)
        {
            var said = new HashSet<string>();
            for (var first = 0; first < second; first++)
            {
                var (a, b) = Names(provided, first, second);
                Merge(L4Config.Keys.Shape, provided[first].Snapshot.Config, provided[second].Snapshot.Config, new ConfigPath(rootPath), (path, what) =>
                {
                    if (!said.Add(path.ToString()))
                        return;
                    if (provided[second].Yields && !provided[first].Yields)
                        hidden.Add(path, $"{Sentence(a)} gives {what}, and {b} gives it too: that of {a} counts, and the other one is hidden.");
                    else
                        errors.Add(path, $"Two configuration sources give {what}: {a}, and {b}.");
                });
            }
        }

        return (errors.All, hidden.All);
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    // Two of one name are told apart by their place.
    private static (string First, string Second) Names(IReadOnlyList<ProvidedConfig> provided, int first, int second)
    {
        var (a, b) = (provided[first].Source, provided[second].Source);
        return a == b ? ($"{a} (source {first + 1})", $"{b} again (source {second + 1})") : (a, b);
    }

    private static object Merge(RecordShape shape, object first, object second, ConfigPath path, Action<ConfigPath, string> conflict)
    {
        foreach (var key in shape.Keys)
        {
            if (key.Get(second) is not { } value)
                continue;
            first = key.Set(first, key.Get(first) is { } given
                ? Merge(key.Shape, given, value, path[key.Name], conflict)
                : value);
        }

        return first;
    }

    private static object Merge(ConfigShape shape, object first, object second, ConfigPath path, Action<ConfigPath, string> conflict)
    {
        switch (shape)
        {
            case RecordShape record:
                return Merge(record, first, second, path, conflict);
            case MapShape map:
                return map.Union(first, second, id => conflict(path[id], "this id"));
            default:
                if (!ConfigWriter.Write(shape, first).AsSpan().SequenceEqual(ConfigWriter.Write(shape, second)))
                    conflict(path, "different values");
                return first;
        }
    }
}
