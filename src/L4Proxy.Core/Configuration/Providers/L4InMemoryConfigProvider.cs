namespace L4Proxy.Configuration;

/// <summary>A configuration that code makes, and may replace at any time.</summary>
public sealed class L4InMemoryConfigProvider : IL4ConfigProvider
{
    private readonly ConfigPublisher _publisher;

    /// <summary>Creates the provider.</summary>
    /// <param name="config">What it says until <see cref="Update"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="config"/> is null.</exception>
    public L4InMemoryConfigProvider(L4Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _publisher = new ConfigPublisher(config, []);
    }

    /// <inheritdoc/>
    public L4ConfigSnapshot GetConfig() => _publisher.Current;

    /// <summary>Replaces the configuration as a whole. It is in force once it was found valid; until then the old one is. May be called from any thread.</summary>
    /// <param name="config">The new configuration.</param>
    /// <exception cref="ArgumentNullException"><paramref name="config"/> is null.</exception>
    public void Update(L4Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _publisher.Publish(config, []);
    }
}
