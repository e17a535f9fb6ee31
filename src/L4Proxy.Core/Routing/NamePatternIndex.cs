using L4Proxy.Names;

namespace L4Proxy.Routing;

/// <summary>
/// Entries by the patterns of one kind of name, server names or hosts. A look-up probes one dictionary with the name and each of its parents, so its
/// cost grows with the name's labels and not with the routes.
/// </summary>
internal readonly struct NamePatternIndex
{
    // Not a FrozenDictionary: that keeps hashes, keys and values apart, which costs three fetches from memory for one here.
    private readonly Dictionary<string, RouteEntryList>.AlternateLookup<ReadOnlySpan<char>> _names;

    /// <summary>Bit n: there is a name of n labels. A name of 253 characters has at most 127.</summary>
    private readonly UInt128 _depths;

    private readonly RouteEntry[] _all;
    private readonly RouteEntry[] _regex;
    private readonly RouteEntry[] _anyName;
    private readonly RouteEntry[] _noName;

    /// <summary>Indexes entries that are sorted by rank, all of them with a condition on the name.</summary>
    public NamePatternIndex(RouteEntry[] entries)
    {
        _all = entries;
        _regex = OfKind(entries, ServerNameKind.Regex);
        _anyName = OfKind(entries, ServerNameKind.AnyName);
        _noName = OfKind(entries, ServerNameKind.NoName);

        var names = new Dictionary<string, RouteEntryList>(entries.Length, StringComparer.Ordinal);
        var more = new Dictionary<string, List<RouteEntry>>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Specificity.Kind is not (ServerNameKind.Exact or ServerNameKind.Labels or ServerNameKind.Suffix))
                continue;
            var name = entry.Pattern!.Host;
            if (names.TryAdd(name, new RouteEntryList(entry, [])))
                _depths |= UInt128.One << LabelCount(name);
            else if (more.TryGetValue(name, out var others))
                others.Add(entry);
            else
                more.Add(name, [entry]);
        }
        foreach (var (name, others) in more)
            names[name] = new RouteEntryList(names[name].First, [.. others]);
        _names = names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _all.Length == 0;

    /// <summary>Tries every entry whose pattern matches a name.</summary>
    public void Search(ReadOnlySpan<char> name, in ConnectionFacts facts, ref RouteSearch search)
    {
        var labels = LabelCount(name);
        var rest = name;
        for (var taken = 0; taken < labels; taken++)
        {
            if (taken > 0)
                rest = rest[(rest.IndexOf('.') + 1)..];
            if (HasDepth(labels - taken) && _names.TryGetValue(rest, out var entries))
                search.Try(entries, taken, facts);
        }

        search.Try(_regex, facts);
        search.Try(_anyName, facts);
    }

    /// <summary>Tries every entry that wants that there is no name.</summary>
    public void SearchNoName(in ConnectionFacts facts, ref RouteSearch search) => search.Try(_noName, facts);

    /// <summary>Tries every entry, as long as the name may still come.</summary>
    public void SearchUndecided(in ConnectionFacts facts, ref RouteSearch search) => search.TryUndecided(_all, facts);

    /// <summary>Lists, each sorted by rank, of every entry that could cover one, and perhaps of others.</summary>
    public void AddPossiblyCovering(RouteEntry entry, List<RouteEntry[]> lists)
    {
        lists.Add(_anyName);
        lists.Add(_noName);
        lists.Add(_regex);
        for (var name = (entry.Pattern?.Host).AsSpan(); !name.IsEmpty; name = Parent(name))
        {
            // Of itself it is the first in most cases.
            if (HasDepth(LabelCount(name)) && _names.TryGetValue(name, out var entries) && entries.First != entry)
                lists.AddRange([[entries.First], entries.Rest]);
        }
    }

    private bool HasDepth(int labels) => ((_depths >> labels) & UInt128.One) != UInt128.Zero;

    private static int LabelCount(ReadOnlySpan<char> name) => name.Count('.') + 1;

    private static ReadOnlySpan<char> Parent(ReadOnlySpan<char> name) => name.IndexOf('.') is >= 0 and var dot ? name[(dot + 1)..] : [];

    private static RouteEntry[] OfKind(IEnumerable<RouteEntry> entries, ServerNameKind kind) =>
        [.. entries.Where(entry => entry.Specificity.Kind == kind)];
}
