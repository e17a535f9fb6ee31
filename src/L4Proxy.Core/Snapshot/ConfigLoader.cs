using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Snapshot;

/// <summary>
/// Load, validate, build: asks every provider, merges, checks, and makes a snapshot. The first configuration must be right;
/// a later one that is not leaves the one before in force.
/// </summary>
internal sealed class ConfigLoader(
    IEnumerable<IL4ConfigProvider> providers, IEnumerable<IConfigCheck> checks, SnapshotBuilder builder, CertificateStore certificates,
    ProxyMetrics metrics, ILogger<ConfigLoader> log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly List<IDisposable> _subscriptions = [];
    private ProxySnapshot _last = ProxySnapshot.Empty;
    private L4Config _newest = ProxySnapshot.Empty.Config;

    /// <summary>What is wrong with the newest configuration; empty when it is the one in force.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; private set; } = [];

    /// <summary>What is odd about the configuration in force.</summary>
    public IReadOnlyList<L4ConfigError> Warnings { get; private set; } = [];

    /// <summary>The configuration at start.</summary>
    /// <exception cref="L4ConfigException">It cannot be used; every error is listed.</exception>
    public ProxySnapshot LoadFirst() => Load() ?? throw new L4ConfigException(Errors);

    /// <inheritdoc cref="IL4ConfigValidator.Validate"/>
    public L4ConfigReport Validate()
    {
        lock (_gate)
        {
            var (_, report, config) = Check([.. providers.Select(provider => provider.GetConfig())], ProxySnapshot.Empty);
            // Probably loaded next, and then nothing is read again.
            certificates.Keep(_last.Config, _newest, config);
            return report;
        }
    }

    /// <summary>Gives every later configuration that can be used to <paramref name="apply"/>, until cancelled.</summary>
    public async Task WatchAsync(Action<ProxySnapshot> apply, CancellationToken stop)
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

    private void Reload(Action<ProxySnapshot> apply)
    {
        try
        {
            var snapshot = Load();
            metrics.Reloaded(snapshot is not null);
            if (snapshot is null)
                log.ConfigRejected(string.Concat(Errors.Select(error => $"{Environment.NewLine}  {error}")));
            else
                apply(snapshot);
        }
        catch (Exception e)
        {
            metrics.Reloaded(accepted: false);
            log.ProviderFailed(e);
        }
    }

    private ProxySnapshot? Load()
    {
        lock (_gate)
        {
            // Subscribed before reading: a change in between is seen twice rather than never.
            Unsubscribe();
            Subscribe(certificates.Mended);
            (var snapshot, var report, _newest) = Check([.. providers.Select(Read)], _last);
            Errors = report.Errors;
            _last = snapshot ?? _last;
            // Those of a configuration that is refused are followed as well: they may be what is wrong with it.
            certificates.Keep(_last.Config, _newest);
            if (snapshot is not null)
                Warn(report.Warnings);
            return snapshot;
        }
    }

    private void Warn(IReadOnlyList<L4ConfigError> warnings)
    {
        Warnings = warnings;
        foreach (var warning in warnings)
            log.ConfigWarning(warning.ToString());
    }

    private (ProxySnapshot? Snapshot, L4ConfigReport Report, L4Config Config) Check(
        IReadOnlyList<L4ConfigSnapshot> snapshots, ProxySnapshot previous)
    {
        var merged = ConfigMerger.Merge(snapshots);
        var errors = merged.Errors.ToList();
        var warnings = new List<L4ConfigError>();
        ConfigValidator.Validate(merged.Config, errors, warnings, checks);
        var snapshot = errors.Count == 0 ? builder.Build(merged.Config, previous) : null;
        if (snapshot is not null)
            warnings.AddRange([.. UnreachableRoutes.WarningsOf(snapshot), .. UnreachedEndpoints.WarningsOf(snapshot)]);
        return (snapshot, new(errors, warnings), merged.Config);
    }

    private L4ConfigSnapshot Read(IL4ConfigProvider provider)
    {
        var snapshot = provider.GetConfig();
        Subscribe(snapshot.ChangeToken);
        return snapshot;
    }

    private void Subscribe(IChangeToken token) =>
        _subscriptions.Add(token.RegisterChangeCallback(static me => ((ConfigLoader)me!)._changed.Release(), this));

    private void Unsubscribe()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        _subscriptions.Clear();
    }
}
