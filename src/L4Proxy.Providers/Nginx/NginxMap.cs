using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>A <c>map</c> or <c>geo</c>: a variable that is made of another one.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Entries">Its lines, the first that holds first; the default last, if there is one.</param>
/// <param name="IsWhole">Whether nothing of it is lost: else what is left would take what is not its own.</param>
internal sealed record NginxMap(string Path, IReadOnlyList<NginxEntry> Entries, bool IsWhole)
{
    /// <summary>Reads a <c>map $source $variable { … }</c>.</summary>
    public static NginxMap OfMap(NginxDirective map, string path, ImportNotes notes)
    {
        var source = map.First;
        var lines = map.Children ?? [];
        var isWhole = true;
        var hasWildcards = lines.Any(line => IsFlag(line, "hostnames"));
        var entries = new List<NginxEntry>();
        NginxEntry? last = null;
        foreach (var line in lines.Where(line => !IsFlag(line, "hostnames") && !IsFlag(line, "volatile")))
        {
            var place = $"{path}[line {line.Line}]";
            if (line.Name is { Text: "include", IsQuoted: false })
                notes.Lost(place, $"'{line.First}' is another file, and only one is read: put what it says in its place.");
            else if (line.Name is { Text: "default", IsQuoted: false })
                last = new(Clause.Always, line.First);
            else if (NginxVariables.Entries(source, Key(line.Name.Text), line.First, hasWildcards, out var why) is { Count: > 0 } read)
            {
                entries.AddRange(read);
                continue;
            }
            else
                notes.Lost(place, why);
            isWhole &= line.Name is { Text: "default", IsQuoted: false };
        }
        return new(path, Ordered(entries, last), isWhole);
    }

    /// <summary>Reads a <c>geo [$source] $variable { … }</c>: of blocks of addresses the smallest holds.</summary>
    public static NginxMap OfGeo(NginxDirective geo, string path, ImportNotes notes)
    {
        var source = geo.Arguments.Count > 1 ? geo.First : "$remote_addr";
        var isWhole = true;
        var entries = new List<NginxEntry>();
        NginxEntry? last = null;
        foreach (var line in geo.Children ?? [])
        {
            if (line.Name.Text == "default")
                last = new(Clause.Always, line.First);
            else if (source is "$remote_addr" && SourceRange.TryRead(line.Name.Text, out var range, out var bits))
                entries.Add(new(Clause.Of(new() { ClientAddresses = [range] }), line.First, Rank: 1, Length: bits));
            else
            {
                isWhole = false;
                notes.Lost($"{path}[line {line.Line}]", $"'{line}' of '{source}' is not known here: blocks of addresses of '$remote_addr' are.");
            }
        }
        return new(path, Ordered(entries, last), isWhole);
    }

    private static List<NginxEntry> Ordered(List<NginxEntry> entries, NginxEntry? last)
    {
        // Of those of the first kind no two hold at once: what leads to one place is put together.
        List<NginxEntry> ordered =
        [
            .. entries.Where(entry => entry.Rank == 0).GroupBy(entry => entry.Value, StringComparer.Ordinal).SelectMany(group => group),
            .. entries.Where(entry => entry.Rank > 0).OrderBy(entry => entry.Rank).ThenByDescending(entry => entry.Length),
        ];
        if (last is not null)
            ordered.Add(last);
        return ordered;
    }

    private static bool IsFlag(NginxDirective line, string name) => line.Name is { IsQuoted: false } word && word.Text == name && line.Arguments.Count == 0;

    // A backslash in front makes a name of what would mean something else.
    private static string Key(string text) => text.StartsWith('\\') ? text[1..] : text;
}
