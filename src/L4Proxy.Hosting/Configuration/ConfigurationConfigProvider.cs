using L4Proxy.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Configuration;

/// <summary>A section of the host's <c>IConfiguration</c>, such as <c>appsettings.json</c> with environment variables over it.</summary>
/// <remarks>
/// <c>IConfiguration</c> looks through all keys for each section, which is quadratic: fine for about 1000 routes. It cannot
/// tell <c>{}</c> from null; where an object may stand, <c>{}</c> is assumed.
/// </remarks>
internal sealed class ConfigurationConfigProvider(IConfigurationSection section) : IL4ConfigProvider
{
    /// <inheritdoc/>
    public L4ConfigSnapshot GetConfig()
    {
        // The token first: a change while the section is read then makes this snapshot old at once, and is not lost.
        var token = section.GetReloadToken();
        var errors = new ConfigErrors();
        var json = ConfigurationJson.Write(section, errors);
        var result = ConfigReader.Parse(json, section.Path);
        return new L4ConfigSnapshot(result.Config, token, [.. errors.All, .. result.Errors]);
    }
}
