using System.Text.RegularExpressions;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>The variables that maps make, and what a text with them is for which connections.</summary>
internal sealed partial class NginxMaps(ImportNotes notes)
{
    private const int MaxDepth = 8;

    private readonly Dictionary<string, NginxMap> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<NginxEntry>?> _known = new(StringComparer.Ordinal);

    /// <summary>Reads all maps of a block.</summary>
    public void Read(NginxBlock stream)
    {
        foreach (var map in stream.Own("map"))
        {
            var path = $"{stream.Path}.map[line {map.Line}]";
            Add(map, path, NginxMap.OfMap(map, path, notes));
        }
        foreach (var geo in stream.Own("geo"))
        {
            var path = $"{stream.Path}.geo[line {geo.Line}]";
            Add(geo, path, NginxMap.OfGeo(geo, path, notes));
        }
    }

    /// <summary>What a text is, for one connection after the other: the first that holds. Null where that cannot be said, which is said.</summary>
    public List<NginxEntry>? Expand(string text, string place)
    {
        if (!_known.TryGetValue(text, out var known))
            _known.Add(text, known = Expanded(text, place));
        return known;
    }

    private List<NginxEntry>? Expanded(string text, string place)
    {
        var entries = new List<NginxEntry>();
        if (TryExpand(Variable().Replace(text, "$$${name}"), Clause.Always, entries, depth: 0) is { } error)
        {
            notes.Lost(place, error);
            return null;
        }
        return Joined(entries);
    }

    private void Add(NginxDirective directive, string path, NginxMap map)
    {
        if (directive.Arguments.Count == 0 || !directive.Arguments[^1].StartsWith('$') || !_maps.TryAdd(directive.Arguments[^1], map))
            notes.Lost(path, $"'{directive}' makes no variable, or one that there is already.");
    }

    /// <summary>Puts a text's meanings behind others.</summary>
    /// <returns>Why it has none; null where it has.</returns>
    private string? TryExpand(string text, Clause when, List<NginxEntry> entries, int depth)
    {
        if (when.IsNever)
            return null;
        if (text.Length > SourceSize.MaxValue)
            return $"It is longer than {SourceSize.MaxValue} characters.";
        if (entries.Count >= SourceSize.MaxRoutes)
            return $"It leads to more than {SourceSize.MaxRoutes} places.";
        if (Variable().Matches(text).Select(match => match.Value).FirstOrDefault(_maps.ContainsKey) is not { } variable)
        {
            entries.Add(new(when, text));
            return null;
        }
        if (depth == MaxDepth)
            return $"'{variable}' is made of variables that are made of variables, deeper than is followed here.";
        var map = _maps[variable];
        if (!map.IsWhole)
            return $"Of {map.Path} something is lost, so that the rest would take what is not its own: nothing that depends on it is carried over.";
        foreach (var entry in map.Entries)
        {
            var value = entry.Value.Length == 0 ? "" : text.Replace(variable, entry.Value, StringComparison.Ordinal);
            if (TryExpand(value, when.And(entry.When), entries, depth + 1) is { } error)
                return error;
        }
        // Without a default it is empty, and leads nowhere.
        if (!map.Entries.Any(entry => entry.When.IsAlways))
            entries.Add(new(when, ""));
        return null;
    }

    /// <summary>Neighbours that are the same, in one.</summary>
    private static List<NginxEntry> Joined(List<NginxEntry> entries)
    {
        var joined = new List<NginxEntry>();
        for (var i = 0; i < entries.Count;)
        {
            var value = entries[i].Value;
            var run = entries.Skip(i).TakeWhile(entry => entry.Value == value).Select(entry => entry.When).ToList();
            joined.Add(new(Clause.Any(run), value));
            i += run.Count;
        }
        return joined;
    }

    [GeneratedRegex(@"\$(?:\{(?<name>\w+)\}|(?<name>\w+))", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();
}
