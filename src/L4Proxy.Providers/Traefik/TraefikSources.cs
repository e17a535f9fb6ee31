using L4Proxy.Providers.Importing;
using L4Proxy.Providers.Yaml;

namespace L4Proxy.Providers.Traefik;

/// <summary>What all files say together.</summary>
internal sealed class TraefikSources
{
    private const string NotRead = "Nothing in L4Proxy is like it, or nothing that is known of here.";

    // Those of TLS are read at once.
    private static readonly Dictionary<string, string[]> s_kinds = new(StringComparer.Ordinal)
    {
        ["tcp"] = ["routers", "services", "middlewares", "serversTransports"],
        ["udp"] = ["routers", "services"],
        ["http"] = ["routers", "services", "middlewares", "serversTransports"],
        ["tls"] = ["options", "stores"],
    };

    private readonly Dictionary<string, SortedDictionary<string, TraefikItem>> _items = [];

    private TraefikSources()
    {
    }

    /// <summary>The certificates of all files, in their order.</summary>
    public List<SourceObject> Certificates { get; } = [];

    /// <summary>Reads files.</summary>
    public static TraefikSources Read(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files, ImportNotes notes)
    {
        var sources = new TraefikSources();
        foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (IsRead(name, notes) && YamlSource.Parse(name, content.Span, notes) is { } document)
                sources.Add(name, document, notes);
        }
        return sources;
    }

    /// <summary>All of a kind, as <c>tcp.routers</c>, in the order of their names.</summary>
    public IReadOnlyCollection<TraefikItem> All(string kind) => _items.TryGetValue(kind, out var items) ? items.Values : [];

    /// <summary>What a reference means: <c>name</c> or <c>name@file</c>.</summary>
    /// <param name="kind">Its kind, as <c>tcp.services</c>.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="error">Why it means nothing.</param>
    public TraefikItem? Find(string kind, string reference, out string error)
    {
        var at = reference.LastIndexOf('@');
        var (name, provider) = at < 0 ? (reference, "file") : (reference[..at], reference[(at + 1)..]);
        error = provider switch
        {
            "file" => $"None of the files has '{kind}.{name}'.",
            "internal" => $"'{reference}' is part of Traefik itself, and nothing here is like it.",
            _ => $"'{reference}' is of another provider, which is not read here.",
        };
        return provider == "file" ? _items.GetValueOrDefault(kind)?.GetValueOrDefault(name) : null;
    }

    private static bool IsRead(string name, ImportNotes notes)
    {
        var extension = Path.GetExtension(name);
        if (extension is ".yaml" or ".yml" or ".json")
            return true;
        // It is about to get its name.
        if (extension == ".toml")
            notes.Lost(name, "TOML is not read here: write it as YAML.");
        else if (extension != ".tmp")
            notes.LeftOut(name, "Only files whose names end with '.yaml', '.yml' or '.json' are read.");
        return false;
    }

    private void Add(string file, SourceObject document, ImportNotes notes)
    {
        foreach (var (section, kinds) in s_kinds)
        {
            if (document.Object(section) is not { } strict)
                continue;
            var part = section == "http" ? strict.Mild() : strict;
            foreach (var kind in kinds)
                Add(file, $"{section}.{kind}", part.Object(kind), strict.Object(kind));
            if (section == "tls")
                Certificates.AddRange(part.Objects("certificates"));
            if (section == "http")
                part.LeftOut(NotRead);
            else
                part.Rest();
        }
        document.LeftOut(NotRead);
    }

    private void Add(string file, string path, SourceObject? named, SourceObject? strict)
    {
        if (named is null)
            return;
        if (!_items.TryGetValue(path, out var items))
            _items.Add(path, items = new(StringComparer.Ordinal));
        foreach (var name in named.Keys)
        {
            if (named.Object(name) is { } source && !items.TryAdd(name, new(name, file, source)))
                strict!.Lost(name, $"'{items[name].File}' has '{path}.{name}', too, and it is taken from there.");
        }
    }
}
