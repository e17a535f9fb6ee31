using L4Proxy.Configuration;

namespace L4Proxy.Store;

/// <summary>What became of it.</summary>
/// <param name="State">The state afterwards; of a trial, as it would be.</param>
/// <param name="IsChanged">Whether anything was to be changed.</param>
/// <param name="Errors">Why the configuration would be none; then nothing was changed.</param>
/// <param name="Warnings">What is odd about it.</param>
internal sealed record StoreOutcome(StoreState State, bool IsChanged, IReadOnlyList<L4ConfigError> Errors, IReadOnlyList<L4ConfigError> Warnings);
