namespace L4Proxy.Providers.Yaml;

/// <summary>A part of a YAML document: a scalar with its <see cref="Text"/>, a list with its <see cref="Items"/>, or a map with its <see cref="Entries"/>.</summary>
/// <param name="Line">Where it begins, from 1.</param>
internal sealed record YamlNode(int Line)
{
    /// <summary>What a scalar says.</summary>
    public string? Text { get; init; }

    /// <summary>Whether a scalar is written without quotes, so that it may be a number, a flag or nothing.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The members of a list.</summary>
    public List<YamlNode>? Items { get; init; }

    /// <summary>The keys and values of a map, in their order.</summary>
    public List<KeyValuePair<YamlNode, YamlNode>>? Entries { get; init; }
}
