using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration;

/// <summary>
/// The <c>L4Proxy</c> section of a JSON file, which may hold others. Changes are followed within a second, whether the file is
/// rewritten, replaced by a rename, or reached through a symbolic link that is pointed elsewhere.
/// </summary>
/// <remarks>
/// A file that cannot be read or is not JSON is a snapshot with errors, not an exception; while it is being rewritten it may
/// well be neither, so a broken one is believed only when it stays so. The file is looked at four times a second instead of
/// watched: notifications get lost on network and overlay file systems, and where a link above the file is what changes.
/// A section that goes whole, where it had endpoints, is an error too, and nobody's wish: an empty one (<c>"L4Proxy": {}</c>) says
/// that there is to be nothing.
/// </remarks>
public sealed class L4JsonFileConfigProvider : IKnownConfigProvider, IDisposable
{
    /// <summary>Why a section that is gone is not believed.</summary>
    internal const string GoneSection = "The section is gone. Where nothing is to be configured any more, an empty section says so: \"L4Proxy\": {}.";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConfigPublisher _publisher;
    private readonly WatchedFile _file;
    private readonly ITimer _timer;
    private FileText _published;
    private readonly Lock _reading = new();
    private FileText? _suspect;
    private bool _hasEndpoints;

    /// <summary>Reads the file and starts to follow it.</summary>
    /// <param name="path">The file, absolute or from the current directory. It need not exist.</param>
    /// <param name="timeProvider">The clock; null is the system's.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null, empty or no path.</exception>
    public L4JsonFileConfigProvider(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _file = new WatchedFile(Path.GetFullPath(path));
        _published = _file.Read();
        var result = Parse(_published);
        _hasEndpoints = result.Config.Endpoints?.Count > 0;
        _publisher = new ConfigPublisher(result.Config, result.Errors, result.Warnings);
        _timer = (timeProvider ?? TimeProvider.System).CreateTimer(
            static state => ((L4JsonFileConfigProvider)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
    }

    string IKnownConfigProvider.Name => $"the file '{_file.Path}'";

    /// <inheritdoc/>
    public L4ConfigSnapshot GetConfig() => _publisher.Current;

    /// <summary>Reads the file now, and believes what it finds: for whoever does not want to wait for the next look.</summary>
    public void Reload() => Load(isCertain: true);

    /// <summary>Stops following the file; the last snapshot stays.</summary>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            if (_file.HasPerhapsChanged())
                Load();
        }
        finally
        {
            _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Load(bool isCertain = false)
    {
        lock (_reading)
        {
            var text = _file.Read();
            // It is read again, and until then nothing is known of a change.
            if (text.IsOutOfDescriptors)
                return;
            if (text.IsSame(_published))
            {
                _suspect = null;
                return;
            }

            var result = Parse(text);
            if (result.IsWhole || isCertain || (_suspect is not null && text.IsSame(_suspect)))
            {
                (_published, _suspect) = (text.WithoutContent(), null);
                Publish(result);
            }
            else
            {
                _suspect = text.WithoutContent();
            }
        }
    }

    private void Publish(L4ConfigParseResult result)
    {
        if (!result.HasSection && _hasEndpoints)
        {
            _publisher.Publish(result.Config, [.. result.Errors, .. result.Warnings, new(ConfigReader.SectionName, GoneSection)]);
            return;
        }

        if (result.IsWhole && result.Errors.Count == 0)
            _hasEndpoints = result.Config.Endpoints?.Count > 0;
        _publisher.Publish(result.Config, result.Errors, result.Warnings);
    }

    private L4ConfigParseResult Parse(FileText text) => text.Content is { } content
        ? ConfigReader.ParseFile(content, _file.Path)
        : new(new L4Config(), [new L4ConfigError(_file.Path, $"The file cannot be read: {text.Error}")], IsWhole: false);
}
