using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Diagnostics;
using L4Proxy.Files;
using L4Proxy.Sessions;
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
    private readonly FileStore _files;
    private readonly ProxyMetrics _metrics;
    private readonly ILogger<ConfigLoader> _log;
    private readonly KestrelPlaces? _kestrel;
    private TokenSubscription? _mended;
    private ProxySnapshot _last = ProxySnapshot.Empty;
    private NamedFiles _lastFiles = new(ConfigGraph.Empty);
    private NamedFiles _newestFiles = new(ConfigGraph.Empty);
    private TaskCompletionSource _nextLoad = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<ProvidedConfig> _done = [];
    private Checked? _checked;
    private bool _hasEnded;

    /// <summary>Asks nobody yet.</summary>
    public ConfigLoader(
        IEnumerable<IL4ConfigProvider> providers, IEnumerable<IConfigCheck> checks, SnapshotBuilder builder, FileStore files,
        ProxyMetrics metrics, TimeProvider time, ILogger<ConfigLoader> log, KestrelPlaces? kestrel = null)
    {
        (_builder, _files, _metrics, _log, _kestrel) = (builder, files, metrics, log, kestrel);
        _checks = [.. checks];
        var all = providers.ToList();
        var hasStore = all.Exists(provider => provider is IKnownConfigProvider { Yields: true });
        _sources = [.. all.Select(provider => new ConfigSource(provider, RequestReload, hasStore, time, log))];
    }

    /// <summary>What is wrong with the newest configuration; empty when it is the one in force.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; private set; } = [];

    /// <summary>What is odd about the configuration in force.</summary>
    public IReadOnlyList<L4ConfigError> Warnings { get; private set; } = [];

    /// <summary>What the sources said when they were read last.</summary>
    public IReadOnlyList<ProvidedConfig> Provided { get; private set; } = [];

    /// <summary>The configuration at start.</summary>
    /// <exception cref="L4ConfigException">It cannot be used; every error is listed.</exception>
    public ProxySnapshot LoadFirst()
    {
        var first = Load() ?? throw new L4ConfigException(Errors, _sources.Select(source => source.Failure).FirstOrDefault(failure => failure is not null));
        Volatile.Write(ref _done, Provided);
        return first;
    }

    /// <summary>What the providers have, built and never put into force.</summary>
    /// <exception cref="L4ConfigException">It cannot be used; every error is listed.</exception>
    public ProxySnapshot Preview()
    {
        lock (_gate)
        {
            var newest = CheckNewest();
            _files.Keep(_lastFiles.Keys, _newestFiles.Keys, newest.Files.Keys);
            return newest.Snapshot ?? throw new L4ConfigException(newest.Report.Errors);
        }
    }

    /// <inheritdoc cref="IL4ConfigValidator.Validate"/>
    public L4ConfigReport Validate()
    {
        lock (_gate)
        {
            var newest = CheckNewest();
            // Probably loaded next, and then nothing is read again.
            _files.Keep(_lastFiles.Keys, _newestFiles.Keys, newest.Files.Keys);
            return newest.Report;
        }
    }

    /// <summary>Checks what there would be if one of the providers said something else. What is wrong or odd without that is not its own.</summary>
    public L4ConfigReport CheckWith(IL4ConfigProvider provider, L4ConfigSnapshot instead)
    {
        var all = CheckAllWith(provider, instead);
        return new([.. all.Errors.Except(Errors)], [.. all.Warnings.Except(Warnings)]);
    }

    /// <summary>The same with what is wrong and odd in any case.</summary>
    public L4ConfigReport CheckAllWith(IL4ConfigProvider provider, L4ConfigSnapshot instead)
    {
        lock (_gate)
        {
            // Probably loaded next, and then nothing is done again.
            _checked = Check([.. _sources.Select(source => ProvidedBy(source, source.Is(provider) ? instead : source.Last))], _last);
            _files.Keep(_lastFiles.Keys, _newestFiles.Keys, _checked.Files.Keys);
            return _checked.Report;
        }
    }

    /// <summary>Called when a configuration after the first one was loaded, or refused. Must not throw, nor wait.</summary>
    public Action? Loaded { get; set; }

    /// <summary>Waits until a snapshot of a provider's is in force, or was refused; or nothing is loaded any more.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="isIt">Whether a snapshot of its is the one, or a later one.</param>
    /// <param name="cancellationToken">Nobody waits for it any longer.</param>
    public async Task WaitForAsync(IL4ConfigProvider provider, Func<L4ConfigSnapshot, bool> isIt, CancellationToken cancellationToken)
    {
        var index = _sources.ToList().FindIndex(source => source.Is(provider));
        for (;;)
        {
            // Asked for before it is looked at what is loaded: a load that ends in between is not missed.
            var next = Volatile.Read(ref _nextLoad).Task;
            var done = Volatile.Read(ref _done);
            if (Volatile.Read(ref _hasEnded) || (index < done.Count && isIt(done[index].Snapshot)))
                return;
            await next.WaitAsync(cancellationToken);
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
        try
        {
            for (;;)
            {
                await _changed.WaitAsync(stop);
                // Several changes at once are one load.
                while (_changed.Wait(0, CancellationToken.None))
                {
                }
                Reload(apply);
                Volatile.Write(ref _done, Provided);
                Interlocked.Exchange(ref _nextLoad, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
                Loaded?.Invoke();
            }
        }
        finally
        {
            Volatile.Write(ref _hasEnded, true);
            _nextLoad.TrySetResult();
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
            _mended = TokenSubscription.To(_files.Mended, RequestReload);
            Provided = [.. _sources.Select(source => ProvidedBy(source, source.Read()))];
            var known = _checked?.Holds(Provided, _last, _files.Version) == true ? _checked : Check(Provided, _last);
            (var snapshot, var report, _newestFiles, _checked) = (known.Snapshot, known.Report, known.Files, null);
            Errors = report.Errors;
            if (snapshot is not null)
                (_last, _lastFiles) = (snapshot, _newestFiles);
            // Those of a configuration that is refused are followed as well: they may be what is wrong with it.
            _files.Keep(_lastFiles.Keys, _newestFiles.Keys);
            if (snapshot is not null)
                Warn(report.Warnings);
            return snapshot;
        }
    }

    private void Warn(IReadOnlyList<L4ConfigError> warnings)
    {
        // What was said is not said again at each change of something else.
        foreach (var warning in warnings.Except(Warnings).ToList())
            _log.ConfigWarning(warning.ToString());
        Warnings = warnings;
    }

    private Checked CheckNewest() =>
        Check([.. _sources.Select(source => ProvidedBy(source, source.Peek()))], ProxySnapshot.Empty);

    private static ProvidedConfig ProvidedBy(ConfigSource source, L4ConfigSnapshot snapshot) => new(source.Name, snapshot, source.Yields, source.Joins, source.IsFirm);

    private Checked Check(IReadOnlyList<ProvidedConfig> provided, ProxySnapshot previous)
    {
        var filesVersion = _files.Version;
        var merged = ConfigMerger.Merge(provided, kestrel: _kestrel);
        // Over all sources, so that what comes from a file can be drained as well; what is shown of them stays what they say.
        var config = provided.Aggregate(merged.Config, (config, item) => DestinationOverride.Over(config, item.Snapshot.Overrides));
        var errors = merged.Errors.ToList();
        var warnings = provided.SelectMany(item => item.Snapshot.Warnings).Concat(merged.Warnings).ToList();
        var isFirm = provided.All(item => item.IsFirm || item.Snapshot.Config is { Endpoints: null, Routes: null, Clusters: null });
        var graph = ConfigValidator.Validate(config, errors, warnings, _checks, before: isFirm ? previous.Graph : null);
        var snapshot = errors.Count == 0 ? _builder.Build(graph, previous) : null;
        if (snapshot is not null)
            warnings.AddRange([.. UnreachableRoutes.WarningsOf(snapshot), .. UnreachedEndpoints.WarningsOf(snapshot), .. UngreetedRoutes.WarningsOf(snapshot)]);
        return new(provided, previous, filesVersion, snapshot, new(errors, warnings), graph.Files);
    }

    /// <summary>What came of a check, and of what it was made.</summary>
    private sealed record Checked(
        IReadOnlyList<ProvidedConfig> Provided, ProxySnapshot Previous, int FilesVersion, ProxySnapshot? Snapshot, L4ConfigReport Report, NamedFiles Files)
    {
        /// <summary>Whether the same would come of this.</summary>
        public bool Holds(IReadOnlyList<ProvidedConfig> provided, ProxySnapshot previous, int filesVersion) =>
            previous == Previous && filesVersion == FilesVersion && provided.Zip(Provided).All(pair => IsSame(pair.First.Snapshot, pair.Second.Snapshot));

        private static bool IsSame(L4ConfigSnapshot one, L4ConfigSnapshot other) => ReferenceEquals(one.Config, other.Config) && ReferenceEquals(one.Overrides, other.Overrides)
            && one.Errors.SequenceEqual(other.Errors) && one.Warnings.SequenceEqual(other.Warnings);
    }
}
