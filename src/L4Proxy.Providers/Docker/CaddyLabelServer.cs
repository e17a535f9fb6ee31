namespace L4Proxy.Providers.Docker;

/// <summary>The labels of one listen address.</summary>
/// <param name="Label">What they begin with.</param>
/// <param name="Name">What ids are made of.</param>
internal sealed record CaddyLabelServer(string Label, string Name)
{
    /// <summary>What is listened on; null where nothing says so.</summary>
    public string? Listen { get; set; }

    /// <summary>The labels below it, by what comes after it: <c>@sni</c>, <c>route.proxy</c>.</summary>
    public SortedDictionary<string, string> Steps { get; } = new(StringComparer.Ordinal);

    /// <summary>The whole label of one of them.</summary>
    public string LabelOf(string step) => $"{Label}.{step}";
}
