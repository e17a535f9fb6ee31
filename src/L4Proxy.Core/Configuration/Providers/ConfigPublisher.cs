using Microsoft.Extensions.Configuration;

namespace L4Proxy.Configuration;

/// <summary>Holds a provider's newest snapshot, and fires the token of the one before when there is a newer one.</summary>
internal sealed class ConfigPublisher
{
    private L4ConfigSnapshot _current;

    /// <summary>Starts with a configuration.</summary>
    public ConfigPublisher(L4Config config, IReadOnlyList<L4ConfigError> errors, IReadOnlyList<L4ConfigError>? warnings = null) =>
        _current = Snapshot(config, errors, warnings);

    /// <summary>The newest snapshot.</summary>
    public L4ConfigSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Makes a configuration the newest one.</summary>
    public void Publish(L4Config config, IReadOnlyList<L4ConfigError> errors, IReadOnlyList<L4ConfigError>? warnings = null) => Publish(Snapshot(config, errors, warnings));

    /// <summary>Makes what a provider says the newest, with a token of its own.</summary>
    public void Publish(L4ConfigSnapshot snapshot)
    {
        var replaced = Interlocked.Exchange(ref _current, snapshot with { ChangeToken = new ConfigurationReloadToken() });
        ((ConfigurationReloadToken)replaced.ChangeToken).OnReload();
    }

    private static L4ConfigSnapshot Snapshot(L4Config config, IReadOnlyList<L4ConfigError> errors, IReadOnlyList<L4ConfigError>? warnings) =>
        new(config, new ConfigurationReloadToken(), errors) { Warnings = warnings ?? [] };
}
