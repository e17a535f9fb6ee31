namespace L4Proxy.Providers.Yaml;

/// <summary>A document is not what is read here.</summary>
/// <param name="line">Where, from 1; 0 where that is not known.</param>
/// <param name="message">What is wrong.</param>
internal sealed class YamlFormatException(int line, string message) : Exception(message)
{
    /// <summary>Where, from 1; 0 where that is not known.</summary>
    public int Line { get; } = line;
}
