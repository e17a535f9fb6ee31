using System.Globalization;

namespace L4Proxy.Configuration.Reading;

/// <summary>Where in the configuration something stands, as in <c>L4Proxy:Routes:mqtt:Match:Sni:0</c>. Made into text only for an error.</summary>
internal sealed class ConfigPath
{
    private readonly ConfigPath? _parent;
    private readonly string? _key;
    private readonly int _index;

    /// <summary>The path of the section itself.</summary>
    public ConfigPath(string root) => _key = root;

    private ConfigPath(ConfigPath parent, string? key, int index) => (_parent, _key, _index) = (parent, key, index);

    /// <summary>The path of a key below this one.</summary>
    public ConfigPath this[string key] => new(this, key, 0);

    /// <summary>The path of an entry of the list here.</summary>
    public ConfigPath this[int index] => new(this, null, index);

    /// <inheritdoc/>
    public override string ToString()
    {
        var segments = new Stack<string>();
        for (var path = this; path is not null; path = path._parent)
            segments.Push(path._key is { } key ? Quote.Plain(key) : path._index.ToString(CultureInfo.InvariantCulture));
        return string.Join(':', segments);
    }
}
