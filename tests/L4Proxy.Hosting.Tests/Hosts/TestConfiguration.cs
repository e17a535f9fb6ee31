using Microsoft.Extensions.Configuration;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>Configuration that a test replaces as if a file had been written anew.</summary>
internal sealed class TestConfiguration(params (string Key, string? Value)[] values) : ConfigurationProvider, IConfigurationSource
{
    private (string Key, string? Value)[] _values = values;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load() => Data = _values.ToDictionary(v => v.Key, v => v.Value, StringComparer.OrdinalIgnoreCase);

    public void Replace(params (string Key, string? Value)[] values)
    {
        _values = values;
        Load();
        OnReload();
    }
}
