using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Configuration;

/// <summary>What a provider says at one moment.</summary>
/// <param name="Config">The configuration; what could not be read is left out.</param>
/// <param name="ChangeToken">Fires when a newer snapshot is there.</param>
/// <param name="Errors">What could not be read: unknown keys, values of the wrong kind.</param>
public sealed record L4ConfigSnapshot(L4Config Config, IChangeToken ChangeToken, IReadOnlyList<L4ConfigError> Errors)
{
    /// <summary>A snapshot without errors.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="changeToken">Fires when a newer snapshot is there.</param>
    public L4ConfigSnapshot(L4Config config, IChangeToken changeToken)
        : this(config, changeToken, [])
    {
    }

    /// <summary>What is odd about what was read, such as a name that nothing knows and that was perhaps meant to be another.</summary>
    /// <value>Default: nothing.</value>
    public IReadOnlyList<L4ConfigError> Warnings { get; init; } = [];

    /// <summary>What was said of destinations of any provider while they run, by <see cref="DestinationOverride.IdOf"/>.</summary>
    internal IReadOnlyDictionary<string, DestinationOverride> Overrides { get; init; } = ImmutableDictionary<string, DestinationOverride>.Empty;

    /// <summary>Of what its provider has said: that of the store, or a count. 0 where nobody waits for it.</summary>
    internal long Revision { get; init; }
}
