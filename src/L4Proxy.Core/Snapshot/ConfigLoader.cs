using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Snapshot;

/// <summary>
/// Load and validate: asks every provider, merges and checks. The first configuration must be right; a later one that is
/// not leaves the one before in force.
/// </summary>
internal sealed class ConfigLoader(
    IEnumerable<IL4ConfigProvider> providers, IEnumerable<IConfigCheck> checks, ProxyMetrics metrics, ILogger<ConfigLoader> log)
    : IL4ConfigValidator, IDisposable
{
    private readonly SemaphoreSlim _changed = new(0);
    private readonly List<IDisposable> _subscriptions = [];

    /// <summary>What is wrong with the newest configuration; empty when it is the one in force.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; private set; } = [];

    /// <summary>What is odd about the configuration in force.</summary>
    public IReadOnlyList<L4ConfigError> Warnings { get; private set; } = [];

    /// <summary>The configuration at start.</summary>
    /// <exception cref="L4ConfigException">It cannot be used; every error is listed.</exception>
    public L4Config LoadFirst()
    {
        var config = Load();
        return config ?? throw new L4ConfigException(Errors);
    }

    public L4ConfigReport Validate() => Check([.. providers.Select(provider => provider.GetConfig())]).Report;

    /// <summary>Gives every later configuration that can be used to <paramref name="apply"/>, until cancelled.</summary>
    public async Task WatchAsync(Action<L4Config> apply, CancellationToken stop)
    {
        for (;;)
        {
            await _changed.WaitAsync(stop);
            // Several changes at once are one load.
            while (_changed.Wait(0, CancellationToken.None))
            {
            }
            Reload(apply);
        }
    }

    public void Dispose()
    {
        Unsubscribe();
        _changed.Dispose();
    }

    private void Reload(Action<L4Config> apply)
    {
        try
        {
            var config = Load();
            metrics.Reloaded(config is not null);
            if (config is null)
                log.ConfigRejected(string.Concat(Errors.Select(error => $"{Environment.NewLine}  {error}")));
            else
                apply(config);
        }
        catch (Exception e)
        {
            metrics.Reloaded(accepted: false);
            log.ProviderFailed(e);
        }
    }

    private L4Config? Load()
    {
        // Subscribed before reading: a change in between is seen twice rather than never.
        Unsubscribe();
        var (config, report) = Check([.. providers.Select(Read)]);
        Errors = report.Errors;
        if (Errors.Count > 0)
            return null;
        Warnings = report.Warnings;
        foreach (var warning in Warnings)
            log.ConfigWarning(warning.ToString());
        return config;
    }

    private (L4Config Config, L4ConfigReport Report) Check(IReadOnlyList<L4ConfigSnapshot> snapshots)
    {
        var merged = ConfigMerger.Merge(snapshots);
        var errors = merged.Errors.ToList();
        var warnings = new List<L4ConfigError>();
        ConfigValidator.Validate(merged.Config, errors, warnings, checks);
        return (merged.Config, new(errors, warnings));
    }

    private L4ConfigSnapshot Read(IL4ConfigProvider provider)
    {
        var snapshot = provider.GetConfig();
        _subscriptions.Add(snapshot.ChangeToken.RegisterChangeCallback(static me => ((ConfigLoader)me!)._changed.Release(), this));
        return snapshot;
    }

    private void Unsubscribe()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        _subscriptions.Clear();
    }
}
