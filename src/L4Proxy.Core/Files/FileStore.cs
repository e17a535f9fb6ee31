using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Files;

/// <summary>
/// What is made of the files in use: certificates, authorities, lists of addresses. A file is read once however often it is named, and followed: about once a second,
/// and never for more than a twentieth of the time. Notifications are not used, as with <see cref="L4JsonFileConfigProvider"/>.
/// </summary>
internal sealed class FileStore : IDisposable
{
    private const int Rest = 20;

    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);
    // A look is slow also where the machine is busy with something else.
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_warningInterval = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<FileKey, FileSource> _sources = [];
    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly ILogger<FileStore> _log;
    private readonly ITimer _timer;
    private ConfigurationReloadToken _mended = new();
    private int _version;
    private long _warnedAt;
    private bool _disposed;

    /// <summary>Holds nothing yet.</summary>
    /// <param name="root">The directory that relative paths are from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Says what was replaced, and what could not be.</param>
    public FileStore(string root, TimeProvider time, ILogger<FileStore> log)
    {
        (_root, _time, _log, _warnedAt) = (root, time, log, time.GetTimestamp());
        _timer = time.CreateTimer(static me => ((FileStore)me!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Another one whenever something was replaced.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Fires when the files of something that could never be used have changed.</summary>
    public IChangeToken Mended => Volatile.Read(ref _mended);

    /// <summary>What is made of files; read now if they are new here.</summary>
    /// <param name="key">Which; relative paths are from the root.</param>
    /// <param name="create">Makes it, with absolute paths.</param>
    public T Get<T>(FileKey key, Func<FileKey, T> create)
        where T : FileSource
    {
        key = Absolute(key);
        lock (_gate)
        {
            if (_sources.TryGetValue(key, out var known))
                return (T)known;
            var source = create(key);
            source.Load();
            _sources.Add(key, source);
            if (_sources.Count == 1)
                _timer.Change(s_lookInterval, Timeout.InfiniteTimeSpan);
            return source;
        }
    }

    /// <summary>Looks at all files now, and believes what it finds.</summary>
    public void LookNow()
    {
        // What cannot be used is believed the second time.
        Look();
        Look();
    }

    /// <summary>Forgets everything that none of the configurations names.</summary>
    public void Keep(params IEnumerable<IEnumerable<FileKey>> inUse)
    {
        var kept = inUse.SelectMany(keys => keys).Select(Absolute).ToHashSet();
        lock (_gate)
        {
            foreach (var key in _sources.Keys.Where(key => !kept.Contains(key)).ToList())
                _sources.Remove(key);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    private FileKey Absolute(FileKey key) => key with { Path = FullPath(key.Path), KeyPath = key.KeyPath is { } keyPath ? FullPath(keyPath) : null };

    private string FullPath(string path) => Path.GetFullPath(path, _root);

    private void Look()
    {
        var started = _time.GetTimestamp();
        var mended = false;
        lock (_gate)
        {
            foreach (var source in _sources.Values)
                mended |= Look(source);
            WarnDaily(started);
            var rest = _time.GetElapsedTime(started) * Rest;
            if (!_disposed && _sources.Count > 0)
                _timer.Change(TimeSpan.FromTicks(Math.Clamp(rest.Ticks, s_lookInterval.Ticks, s_longestRest.Ticks)), Timeout.InfiniteTimeSpan);
        }

        if (mended)
            Interlocked.Exchange(ref _mended, new ConfigurationReloadToken()).OnReload();
    }

    /// <summary>Whether the files of something that could never be used have changed.</summary>
    private bool Look(FileSource source)
    {
        var isFirst = source.Loaded is null;
        if (!source.Look())
            return false;
        // After the new one is in its place: whoever sees the version sees it too.
        Interlocked.Increment(ref _version);
        if (!isFirst)
            Say(source);
        return isFirst;
    }

    private void Say(FileSource source)
    {
        if (source.Fault is { } fault)
        {
            _log.CertificateNotReplaced(source.Path, fault.Key, fault.Message);
            return;
        }

        _log.CertificateReplaced(source.Path, source.Loaded!.Description);
        Warn(source);
    }

    /// <summary>What nobody replaces expires without a change that would be seen.</summary>
    private void WarnDaily(long now)
    {
        if (_time.GetElapsedTime(_warnedAt, now) < s_warningInterval)
            return;
        _warnedAt = now;
        foreach (var source in _sources.Values)
            Warn(source);
    }

    private void Warn(FileSource source)
    {
        if (source.Loaded?.WarningAt(_time.GetUtcNow()) is { } warning)
            _log.CertificateWarning(source.Path, warning);
    }
}
