using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using SourceKey = (string Path, string? KeyPath, string? Password, bool IsAuthorities);

namespace L4Proxy.Tls;

/// <summary>
/// The certificates and authorities in use. A file is read once however often it is named, and followed: about once a second,
/// and never for more than a twentieth of the time. Notifications are not used, as with <see cref="L4JsonFileConfigProvider"/>.
/// </summary>
internal sealed class CertificateStore : IDisposable
{
    private const int Rest = 20;

    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);
    // A look is slow also where the machine is busy with something else.
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<SourceKey, FileSource> _sources = [];
    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateStore> _log;
    private readonly ITimer _timer;
    private ConfigurationReloadToken _mended = new();
    private int _version;
    private bool _disposed;

    /// <summary>Holds nothing yet.</summary>
    /// <param name="root">The directory that relative paths are from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Says what was replaced, and what could not be.</param>
    public CertificateStore(string root, TimeProvider time, ILogger<CertificateStore> log)
    {
        (_root, _time, _log) = (root, time, log);
        _timer = time.CreateTimer(static me => ((CertificateStore)me!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Another one whenever something was replaced.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Fires when the files of something that could never be used have changed.</summary>
    public IChangeToken Mended => Volatile.Read(ref _mended);

    /// <summary>A certificate; read now if it is new here.</summary>
    public CertificateSource Get(L4Certificate certificate) =>
        Get(KeyOf(certificate), static key => new CertificateSource(key.Path, key.KeyPath, key.Password));

    /// <summary>Authorities; read now if they are new here.</summary>
    public AuthoritiesSource GetAuthorities(string path) => Get(KeyOf(path), static key => new AuthoritiesSource(key.Path));

    /// <summary>Looks at all files now, and believes what it finds.</summary>
    public void LookNow()
    {
        // What cannot be used is believed the second time.
        Look();
        Look();
    }

    /// <summary>Forgets everything that none of the configurations names.</summary>
    public void Keep(params IEnumerable<TlsFiles> inUse)
    {
        var kept = new HashSet<SourceKey>();
        foreach (var files in inUse)
        {
            kept.UnionWith(files.Certificates.Select(item => KeyOf(item.Certificate)));
            kept.UnionWith(files.Authorities.Select(item => KeyOf(item.File)));
        }

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

    private SourceKey KeyOf(L4Certificate certificate) =>
        (FullPath(certificate.Path!), certificate.KeyPath is { } keyPath ? FullPath(keyPath) : null, certificate.Password, false);

    private SourceKey KeyOf(string authorities) => (FullPath(authorities), null, null, true);

    private string FullPath(string path) => Path.GetFullPath(path, _root);

    private T Get<T>(SourceKey key, Func<SourceKey, T> create)
        where T : FileSource
    {
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

    private void Look()
    {
        var started = _time.GetTimestamp();
        var mended = false;
        lock (_gate)
        {
            foreach (var source in _sources.Values)
                mended |= Look(source);
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
        if (source.Loaded.WarningAt(_time.GetUtcNow()) is { } warning)
            _log.CertificateWarning(source.Path, warning);
    }
}
