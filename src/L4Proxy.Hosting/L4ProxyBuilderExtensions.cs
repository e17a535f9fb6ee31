using L4Proxy.Configuration;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Where the proxy's configuration comes from. Several sources merge; an id may come from one of them only.</summary>
public static class L4ProxyBuilderExtensions
{
    /// <summary>
    /// Reads a section of the app's configuration and follows its reloads. <see cref="IConfiguration"/> takes time with the
    /// square of the entries: for up to about 1 000 routes; beyond, use <see cref="LoadFromFile"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section, mostly <c>L4Proxy</c>.</param>
    /// <returns>The builder to go on with.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IL4ProxyBuilder LoadFromConfig(this IL4ProxyBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.Add(_ => new ConfigurationConfigProvider(section));
    }

    /// <summary>Takes a configuration made in code. To change it later, register an <see cref="InMemoryConfigProvider"/> and call its <c>Update</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="config">The configuration.</param>
    /// <returns>The builder to go on with.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IL4ProxyBuilder LoadFromMemory(this IL4ProxyBuilder builder, L4Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return builder.Add(_ => new InMemoryConfigProvider(config));
    }

    /// <summary>Reads the section <c>L4Proxy</c> of a JSON file and follows its changes, also by rename, within a second.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file, absolute or from the current directory.</param>
    /// <returns>The builder to go on with.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static IL4ProxyBuilder LoadFromFile(this IL4ProxyBuilder builder, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.Add(provider => new JsonFileConfigProvider(path, provider.GetService<TimeProvider>()));
    }

    private static IL4ProxyBuilder Add(this IL4ProxyBuilder builder, Func<IServiceProvider, IL4ConfigProvider> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(create);
        return builder;
    }
}
