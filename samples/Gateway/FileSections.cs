namespace L4Proxy.Gateway;

/// <summary>
/// FILE's sections as configuration that follows the file. While it is broken or gone, what was read last stays in force
/// (<c>AddJsonFile</c> would empty the configuration, and Kestrel would close its endpoints).
/// </summary>
internal sealed class FileSections : ConfigurationProvider, IConfigurationSource, IDisposable
{
    // One save is several events: written in pieces, or a new file renamed over the old one.
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(100);

    private readonly GatewayFile _file;
    private readonly Timer _reload;
    private readonly FileSystemWatcher _watcher;

    public FileSections(GatewayFile file)
    {
        _file = file;
        Data = file.ReadSections();
        _reload = new Timer(_ => Reload());
        // Any change beside the file counts, since a symbolic link to it may change at another name.
        _watcher = new FileSystemWatcher(file.Directory);
        _watcher.Changed += OnChanged;
        _watcher.Created += OnChanged;
        _watcher.Renamed += OnChanged;
        _watcher.Error += (_, _) => _reload.Change(Settled, Timeout.InfiniteTimeSpan);
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Called where the file has changed and cannot be used as it is now.</summary>
    public Action<GatewayException>? ReloadFailed { get; set; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Dispose()
    {
        _watcher.Dispose();
        _reload.Dispose();
    }

    private void OnChanged(object sender, FileSystemEventArgs e) => _reload.Change(Settled, Timeout.InfiniteTimeSpan);

    private void Reload()
    {
        try
        {
            var sections = _file.ReadSections();
            if (sections.Count == Data.Count && !sections.Except(Data).Any())
                return;
            Data = sections;
        }
        catch (GatewayException e)
        {
            ReloadFailed?.Invoke(e);
            return;
        }

        OnReload();
    }
}
