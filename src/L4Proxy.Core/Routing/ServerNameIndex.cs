using L4Proxy.Names;

namespace L4Proxy.Routing;

/// <summary>
/// Entries by server name. A look-up probes one dictionary with the name and each of its parents, so its cost grows with
/// the name's labels and not with the routes.
/// </summary>
internal sealed class ServerNameIndex
{
    // Not a FrozenDictionary: that keeps hashes, keys and values apart, which costs three fetches from memory for one here.
    private readonly Dictionary<string, RouteEntryList>.AlternateLookup<ReadOnlySpan<char>> _names;

    /// <summary>Bit n: there is a name of n labels. A name of 253 characters has at most 127.</summary>
    private readonly UInt128 _depths;

    private readonly RouteEntry[] _named;
    private readonly RouteEntry[] _regex;
    private readonly RouteEntry[] _anyName;
    private readonly RouteEntry[] _noName;
    private readonly RouteEntry[] _unconditional;

    /// <summary>Indexes entries that are sorted by rank.</summary>
    public ServerNameIndex(IReadOnlyCollection<RouteEntry> entries)
    {
        _named = [.. entries.Where(entry => entry.Specificity.Kind != ServerNameKind.Unconditional)];
        _regex = OfKind(entries, ServerNameKind.Regex);
        _anyName = OfKind(entries, ServerNameKind.AnyName);
        _noName = OfKind(entries, ServerNameKind.NoName);
        _unconditional = OfKind(entries, ServerNameKind.Unconditional);

        var names = entries
            .Where(entry => entry.Specificity.Kind is ServerNameKind.Exact or ServerNameKind.Labels or ServerNameKind.Suffix)
            .GroupBy(entry => entry.Pattern!.Host, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new RouteEntryList(group), StringComparer.Ordinal);
        foreach (var name in names.Keys)
            _depths |= UInt128.One << LabelCount(name);
        _names = names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Tries every entry whose pattern matches, or may match.</summary>
    public void Search(in ConnectionFacts facts, ref RouteSearch search)
    {
        if (facts.Preface.ClientHello is { } hello)
        {
            if (hello.ServerName is { } name)
                SearchName(name, facts, ref search);
            else if (!hello.ServerNameInvalid)
                search.Try(_noName, facts);
        }
        else if (facts.Preface.MayBringClientHello)
        {
            search.TryUndecided(_named, facts);
        }

        search.Try(_unconditional, facts);
    }

    /// <summary>Every entry of a lower rank that could cover this one, and perhaps others.</summary>
    public IEnumerable<RouteEntry> PossiblyCovering(RouteEntry entry)
    {
        var lists = new List<RouteEntry[]> { _unconditional, _anyName, _noName, _regex };
        for (var name = entry.Pattern?.Host ?? ""; name.Length > 0; name = Parent(name))
        {
            if (_names.Dictionary.TryGetValue(name, out var entries))
                lists.AddRange([[entries.First], entries.Rest]);
        }

        return lists.SelectMany(list => list.TakeWhile(other => other.Rank < entry.Rank));
    }

    private void SearchName(ReadOnlySpan<char> name, in ConnectionFacts facts, ref RouteSearch search)
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

    private bool HasDepth(int labels) => ((_depths >> labels) & UInt128.One) != UInt128.Zero;

    private static int LabelCount(ReadOnlySpan<char> name) => name.Count('.') + 1;

    private static string Parent(string name) => name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? name[(dot + 1)..] : "";

    private static RouteEntry[] OfKind(IEnumerable<RouteEntry> entries, ServerNameKind kind) =>
        [.. entries.Where(entry => entry.Specificity.Kind == kind)];
}
