using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using L4Proxy.Tls;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Snapshot;

/// <summary>
/// Load, validate, build: asks every provider, merges, checks, and makes a snapshot. The first configuration must be right;
/// a later one that is not leaves the one before in force.
/// </summary>
internal sealed class ConfigLoader : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly IReadOnlyList<ConfigSource> _sources;
    private readonly IReadOnlyList<IConfigCheck> _checks;
    private readonly SnapshotBuilder _builder;
    private readonly CertificateStore _certificates;
    private readonly ProxyMetrics _metrics;
    private readonly ILogger<ConfigLoader> _log;
    private TokenSubscription? _mended;
    private ProxySnapshot _last = ProxySnapshot.Empty;
    private TlsFiles _lastFiles = new(ConfigGraph.Empty);
    private TlsFiles _newestFiles = new(ConfigGraph.Empty);

    /// <summary>Asks nobody yet.</summary>
    public ConfigLoader(
        IEnumerable<IL4ConfigProvider> providers, IEnumerable<IConfigCheck> checks, SnapshotBuilder builder, CertificateStore certificates,
        ProxyMetrics metrics, TimeProvider time, ILogger<ConfigLoader> log)
    {
        (_builder, _certificates, _metrics, _log) = (builder, certificates, metrics, log);
        _checks = [.. checks];
        _sources = [.. providers.Select(provider => new ConfigSource(provider, RequestReload, time, log))];
    }

    /// <summary>What is wrong with the newest configuration; empty when it is the one in force.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; private set; } = [];

    /// <summary>What is odd about the configuration in force.</summary>
    public IReadOnlyList<L4ConfigError> Warnings { get; private set; } = [];

    /// <summary>The configuration at start.</summary>
    /// <exception cref="L4ConfigException">It cannot be used; every error is listed.</exception>
    public ProxySnapshot LoadFirst() => Load()
        ?? throw new L4ConfigException(Errors, _sources.Select(source => source.Failure).FirstOrDefault(failure => failure is not null));

    /// <summary>What the providers have, built and never put into force.</summary>
    /// <exception cref="L4ConfigException">It cannot be used; every error is listed.</exception>
    public ProxySnapshot Preview()
    {
        lock (_gate)
        {
            var (snapshot, report, files) = CheckNewest();
            _certificates.Keep(_lastFiles, _newestFiles, files);
            return snapshot ?? throw new L4ConfigException(report.Errors);
        }
    }

    /// <inheritdoc cref="IL4ConfigValidator.Validate"/>
    public L4ConfigReport Validate()
    {
        lock (_gate)
        {
            var (_, report, files) = CheckNewest();
            // Probably loaded next, and then nothing is read again.
            _certificates.Keep(_lastFiles, _newestFiles, files);
            return report;
        }
    }

    /// <summary>Has <see cref="WatchAsync"/> load once more. From any thread.</summary>
    public void RequestReload() => _changed.Release();

    /// <summary>Has the sources read what they are made from, and loads in any case.</summary>
    public void ReloadSources()
    {
        foreach (var source in _sources)
            source.Reload();
        RequestReload();
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
        foreach (var source in _sources)
            source.Dispose();
        _mended?.Dispose();
    }

    private void Reload(Action<ProxySnapshot> apply)
    {
        try
        {
            var snapshot = Load();
            _metrics.Reloaded(snapshot is not null);
            if (snapshot is null)
                _log.ConfigRejected(string.Concat(Errors.Select(error => $"{Environment.NewLine}  {error}")));
            else
                apply(snapshot);
        }
        catch (Exception e)
        {
            _metrics.Reloaded(accepted: false);
            _log.LoadFailed(e);
        }
    }

    private ProxySnapshot? Load()
    {
        lock (_gate)
        {
            // Followed before it is read: a change in between is seen twice rather than never.
            _mended?.Dispose();
            _mended = TokenSubscription.To(_certificates.Mended, RequestReload);
            (var snapshot, var report, _newestFiles) = Check([.. _sources.Select(source => new ProvidedConfig(source.Name, source.Read()))], _last);
            Errors = report.Errors;
            if (snapshot is not null)
                (_last, _lastFiles) = (snapshot, _newestFiles);
            // Those of a configuration that is refused are followed as well: they may be what is wrong with it.
            _certificates.Keep(_lastFiles, _newestFiles);
            if (snapshot is not null)
                Warn(report.Warnings);
            return snapshot;
        }
    }

    private void Warn(IReadOnlyList<L4ConfigError> warnings)
    {
        Warnings = warnings;
        foreach (var warning in warnings)
            _log.ConfigWarning(warning.ToString());
    }

    private (ProxySnapshot? Snapshot, L4ConfigReport Report, TlsFiles Files) CheckNewest() =>
        Check([.. _sources.Select(source => new ProvidedConfig(source.Name, source.Peek()))], ProxySnapshot.Empty);

    private (ProxySnapshot? Snapshot, L4ConfigReport Report, TlsFiles Files) Check(
        IReadOnlyList<ProvidedConfig> provided, ProxySnapshot previous)
    {
        var merged = ConfigMerger.Merge(provided);
        var errors = merged.Errors.ToList();
        var warnings = provided.SelectMany(item => item.Snapshot.Warnings).ToList();
        var graph = ConfigValidator.Validate(merged.Config, errors, warnings, _checks);
        var snapshot = errors.Count == 0 ? _builder.Build(graph, previous) : null;
        if (snapshot is not null)
            warnings.AddRange([.. UnreachableRoutes.WarningsOf(snapshot), .. UnreachedEndpoints.WarningsOf(snapshot), .. UngreetedRoutes.WarningsOf(snapshot)]);
        return (snapshot, new(errors, warnings), new TlsFiles(graph));
    }
}
