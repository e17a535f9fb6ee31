namespace L4Proxy.Configuration.Reading;

/// <summary>What was read.</summary>
/// <param name="Config">What could be understood; the rest is left out.</param>
/// <param name="Errors">Everything that could not.</param>
/// <param name="IsWhole">False when the text was no JSON at all, as half of a file is.</param>
internal sealed record L4ConfigParseResult(L4Config Config, IReadOnlyList<L4ConfigError> Errors, bool IsWhole = true)
{
    /// <summary>False when the text holds other sections only.</summary>
    public bool HasSection { get; init; } = true;

    /// <summary>What is odd about it.</summary>
    public IReadOnlyList<L4ConfigError> Warnings { get; init; } = [];
}
