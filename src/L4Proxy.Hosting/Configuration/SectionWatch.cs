using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Configuration;

/// <summary>
/// Notices that a section which had endpoints is gone. <c>IConfiguration</c> forgets all that a file said when the file is removed or
/// broken, and of a broken one it does not even say that something changed; so one value is looked at now and then.
/// </summary>
internal sealed class SectionWatch : IDisposable
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    private readonly IConfigurationSection _section;
    private readonly ITimer _timer;
    private volatile string? _witness;
    private ConfigurationReloadToken _gone = new();
    private CompositeChangeToken? _token;
    private bool _isSuspect;

    /// <summary>Looks at nothing yet.</summary>
    public SectionWatch(IConfigurationSection section, TimeProvider time)
    {
        _section = section;
        _timer = time.CreateTimer(static me => ((SectionWatch)me!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a section is there, be it empty or null.</summary>
    public static bool IsThere(IConfigurationSection section) => IsGiven(section) || section.GetChildren().Any();

    /// <summary>Fires when the configuration has changed, or the section is gone.</summary>
    public IChangeToken GetReloadToken() =>
        _token is { HasChanged: false } ? _token : _token = new CompositeChangeToken([_section.GetReloadToken(), Volatile.Read(ref _gone)]);

    /// <summary>Whether what was followed is gone. Other sources may have left something in the section, but no endpoints.</summary>
    public bool IsGone() => _witness is not null && !IsGiven(_section) && !IsThere(_section.GetSection("Endpoints"));

    /// <summary>This was read and can be used.</summary>
    public void Follow(L4Config config)
    {
        _witness = config.Endpoints?.FirstOrDefault(endpoint => endpoint.Value is not null) switch
        {
            { Value.Url: not null, Key: var id } => $"Endpoints:{id}:Url",
            { Value.Kestrel: not null, Key: var id } => $"Endpoints:{id}:Kestrel",
            { Key: { } id } => $"Endpoints:{id}",
            _ => null,
        };
        _timer.Change(_witness is null ? Timeout.InfiniteTimeSpan : s_lookInterval, s_lookInterval);
    }

    public void Dispose() => _timer.Dispose();

    // A key with the value null, as {} and null are read to, is there all the same.
    private static bool IsGiven(IConfigurationSection section) =>
        section.Value is not null || (section is ConfigurationSection own && own.TryGetValue(key: null, out _));

    private void Look()
    {
        var isGone = _witness is { } witness && _section[witness] is null && IsGone();
        // A file that is being written anew is gone for a moment.
        if (isGone && _isSuspect)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Interlocked.Exchange(ref _gone, new ConfigurationReloadToken()).OnReload();
        }

        _isSuspect = isGone;
    }
}
