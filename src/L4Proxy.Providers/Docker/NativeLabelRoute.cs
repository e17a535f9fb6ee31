namespace L4Proxy.Providers.Docker;

/// <summary>The labels of one route.</summary>
/// <param name="Label">What they begin with.</param>
/// <param name="Name">The route.</param>
internal sealed record NativeLabelRoute(string Label, string Name)
{
    /// <summary>Their values by what comes last in them; in any case, as keys are everywhere.</summary>
    public Dictionary<string, string> Labels { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A value; null where there is none.</summary>
    public string? Text(string key) => Labels.GetValueOrDefault(key)?.Trim();
}
