using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>A section, asked line by line, where what it does not say itself is what its defaults say; what nobody has asked for is told at the end.</summary>
/// <param name="section">It.</param>
/// <param name="defaults">Its defaults; null where it has none.</param>
/// <param name="notes">Takes what is lost.</param>
internal sealed class HaProxyBlock(HaProxySection section, HaProxyBlock? defaults, ImportNotes notes)
{
    private readonly HashSet<HaProxyLine> _asked = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, HaProxyLine?> _found = new(StringComparer.Ordinal);

    public string Kind => section.Kind;

    public string Name => section.Name;

    public string Path { get; } = section.Name.Length == 0 ? section.Kind : $"{section.Kind} {section.Name}";

    /// <summary>Where it begins.</summary>
    public int Line => section.Head.Line;

    /// <summary>What it proxies.</summary>
    public string Mode => One("mode")?[1] ?? "tcp";

    /// <summary>Says that a line would behave otherwise.</summary>
    public void Lost(HaProxyLine line, string message) => notes.Lost($"{Path}.{line.Keyword}[line {line.Line}]", message);

    /// <summary>Says that something of the section would.</summary>
    public void Lost(string message) => notes.Lost($"{Path}[line {Line}]", message);

    /// <summary>All its own lines with a keyword, in their order.</summary>
    public IReadOnlyList<HaProxyLine> All(string keyword)
    {
        List<HaProxyLine> lines = [.. section.Lines.Where(line => line.Keyword == keyword)];
        _asked.UnionWith(lines);
        return lines;
    }

    /// <summary>The last line that begins with some words, its own or else its defaults'; null where there is none.</summary>
    public HaProxyLine? One(params ReadOnlySpan<string> words)
    {
        var key = string.Join(' ', words);
        if (!_found.TryGetValue(key, out var found))
            _found.Add(key, found = Find(words));
        return found;
    }

    /// <summary>Whether an option is on.</summary>
    public HaProxyLine? Option(string name)
    {
        var (on, off) = (One("option", name), One("no", "option", name));
        return on is not null && off is not null && off.Line > on.Line ? null : on;
    }

    /// <summary>A timeout; null where there is none.</summary>
    public TimeSpan? Timeout(string name)
    {
        if (One("timeout", name) is not { } line)
            return null;
        if (HaProxyUnits.TryDuration(line[2], out var duration))
            return duration;
        Lost(line, $"'{line[2]}' is no duration of HAProxy's, such as '10s'.");
        return null;
    }

    /// <summary>A whole number; null where there is none.</summary>
    public int? Number(string keyword)
    {
        if (One(keyword) is not { } line)
            return null;
        if (HaProxyUnits.TryNumber(line[1], out var number))
            return number;
        Lost(line, $"'{line[1]}' is no whole number.");
        return null;
    }

    /// <summary>Says of all lines that nobody has asked for that they were left out, or that nothing here is like them.</summary>
    public void Rest()
    {
        foreach (var line in section.Lines.Where(line => !_asked.Contains(line)))
        {
            if (HaProxyLeftOut.Why(line, section.Kind) is not { } why)
                Lost(line, $"Nothing in L4Proxy is like '{line}', or nothing that is known of here.");
            else if (why.Length > 0)
                notes.LeftOut($"{Path}.{line.Keyword}[line {line.Line}]", why);
        }
    }

    private HaProxyLine? Find(ReadOnlySpan<string> words)
    {
        var outer = defaults?.One(words);
        HaProxyLine? found = null;
        foreach (var line in section.Lines)
        {
            if (!BeginsWith(line, words))
                continue;
            found = line;
            _asked.Add(line);
        }
        return found ?? outer;
    }

    private static bool BeginsWith(HaProxyLine line, ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (line[i] != words[i])
                return false;
        }
        return true;
    }
}
