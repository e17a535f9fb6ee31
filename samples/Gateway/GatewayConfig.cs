using L4Proxy.Configuration;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Gateway;

/// <summary>
/// FILE as a whole, followed: <c>L4Proxy</c> for the proxy, its other sections as <see cref="IConfiguration"/>. Those change
/// first, so that an L4 endpoint may name an endpoint of Kestrel's that comes with it. What is wrong with any section is an
/// error of the configuration; while there is one, what was read before stays in force.
/// </summary>
internal sealed class GatewayConfig : ConfigurationProvider, IConfigurationSource, IL4ConfigProvider, IDisposable
{
    private readonly Lock _reading = new();
    private readonly GatewayFile _file;
    private readonly L4JsonFileConfigProvider _l4;
    private readonly IDisposable _following;
    private volatile ConfigurationReloadToken _changed = new();
    private volatile IReadOnlyList<L4ConfigError> _errors = [];

    /// <summary>Reads the file and starts to follow it.</summary>
    /// <exception cref="GatewayException">The file cannot be read or is not JSON.</exception>
    public GatewayConfig(GatewayFile file)
    {
        _file = file;
        _l4 = new L4JsonFileConfigProvider(file.Path);
        // Followed before it is read: a change in between is seen twice rather than never.
        _following = ChangeToken.OnChange(() => _l4.GetConfig().ChangeToken, Reload);
        try
        {
            ReadSections();
        }
        catch (GatewayException)
        {
            Dispose();
            throw;
        }
    }

    public override string ToString() => $"the file '{_file.Path}'";

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public L4ConfigSnapshot GetConfig()
    {
        var changed = _changed;
        var l4 = _l4.GetConfig();
        return new(l4.Config, changed, [.. _errors, .. l4.Errors]);
    }

    /// <summary>Reads the file now, and believes what it finds.</summary>
    public void ReadAgain() => _l4.Reload();

    public void Dispose()
    {
        _following.Dispose();
        _l4.Dispose();
    }

    private void Reload()
    {
        try
        {
            ReadSections();
        }
        catch (GatewayException)
        {
            // The L4Proxy section cannot be read either then, and that is an error already.
        }

        Interlocked.Exchange(ref _changed, new()).OnReload();
    }

    private void ReadSections()
    {
        lock (_reading)
        {
            var sections = _file.Read();
            _errors = sections.Values.Count == 0 && Data.Count > 0 && !sections.HasL4Proxy
                ? [.. sections.Errors, new(_file.Path, "All sections are gone.")]
                : sections.Errors;
            if (_errors.Count > 0 || (sections.Values.Count == Data.Count && !sections.Values.Except(Data).Any()))
                return;
            Data = sections.Values;
        }

        OnReload();
    }
}
