using L4Proxy.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Configuration;

/// <summary>A section of the host's <c>IConfiguration</c>, such as <c>appsettings.json</c> with environment variables over it.</summary>
/// <remarks>
/// <c>IConfiguration</c> looks through all keys for each section, which is quadratic: fine for about 1000 routes. It takes keys in
/// any case, and so do references here. It cannot tell <c>{}</c> from null; where an object may stand, <c>{}</c> is assumed. A
/// section whose file was removed or cannot be read is simply not there; see <see cref="SectionWatch"/>.
/// </remarks>
/// <param name="section">The section.</param>
/// <param name="configuration">What it is a section of, if that is known.</param>
/// <param name="time">The clock.</param>
internal sealed class ConfigurationConfigProvider(IConfigurationSection section, IConfiguration? configuration, TimeProvider time)
    : IKnownConfigProvider, IDisposable
{
    private readonly SectionWatch _watch = new(section, time);
    private readonly Lock _reading = new();
    private (ReadOnlyMemory<byte> Json, L4Config Config, IReadOnlyList<L4ConfigError> Errors)? _read;

    /// <summary>Where it is in the configuration.</summary>
    public string Path => section.Path;

    public string Name => $"the section '{section.Path}' of IConfiguration";

    /// <inheritdoc/>
    public L4ConfigSnapshot GetConfig()
    {
        // The token first: a change while the section is read then makes this snapshot old at once, and is not lost.
        var token = _watch.GetReloadToken();
        if (_watch.IsGone())
            return new L4ConfigSnapshot(new L4Config(), token, [new L4ConfigError(section.Path, Gone)]);
        var errors = new ConfigErrors();
        var json = ConfigurationJson.Write(section, errors, (configuration as IConfigurationRoot)?.Providers);
        var (config, unread) = Read(json);
        if (errors.All.Count + unread.Count == 0)
            _watch.Follow(config);
        return new L4ConfigSnapshot(config, token, [.. errors.All, .. unread]) { Warnings = Hints() };
    }

    /// <summary>Of the same text it is the same object, by which it is known that nothing of it has changed.</summary>
    private (L4Config Config, IReadOnlyList<L4ConfigError> Errors) Read(ReadOnlyMemory<byte> json)
    {
        lock (_reading)
        {
            if (_read is not { } read || !json.Span.SequenceEqual(read.Json.Span))
            {
                var result = ConfigReader.Parse(json, section.Path);
                _read = read = (json, ReferenceCase.Resolve(result.Config), result.Errors);
            }
            return (read.Config, read.Errors);
        }
    }

    public void Reload() => (configuration as IConfigurationRoot)?.Reload();

    public void Dispose() => _watch.Dispose();

    private string Gone => $"The section, or all of its Endpoints, is gone: a file that was removed or cannot be read? "
        + $"Where nothing is to be configured any more, an empty section says so: \"{section.Key}\": {{}}.";

    private IReadOnlyList<L4ConfigError> Hints()
    {
        if (configuration is null || SectionWatch.IsThere(section))
            return [];
        var parent = ConfigurationPath.GetParentPath(section.Path) is { } path ? configuration.GetSection(path) : configuration;
        return SectionHint.For(section.Key, parent.GetChildren().Select(child => child.Key)) is { } hint ? [hint with { Path = section.Path }] : [];
    }
}
