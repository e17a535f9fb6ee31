namespace L4Proxy.Configuration;

/// <summary>What a check of a configuration has found.</summary>
/// <param name="Errors">What makes it unusable; empty when it can be used.</param>
/// <param name="Warnings">What is odd about it.</param>
public sealed record L4ConfigReport(IReadOnlyList<L4ConfigError> Errors, IReadOnlyList<L4ConfigError> Warnings);
