using Microsoft.Extensions.Configuration;

namespace L4Proxy.Hosting.Tests.Discovery;

/// <summary>Values that change, and say so.</summary>
internal sealed class ChangingConfiguration(IReadOnlyDictionary<string, string?> values) : IConfigurationSource
{
    private readonly Values _values = new(values);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => _values;

    /// <summary>Another value; null takes the key away.</summary>
    public void Change(string key, string? value) => _values.Change(key, value);

    private sealed class Values : ConfigurationProvider
    {
        public Values(IReadOnlyDictionary<string, string?> values)
        {
            foreach (var (key, value) in values)
                Set(key, value);
        }

        public void Change(string key, string? value)
        {
            if (value is null)
                Data.Remove(key);
            else
                Set(key, value);
            OnReload();
        }
    }
}
