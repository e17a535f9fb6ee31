using L4Proxy.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Says where the proxy's configuration comes from. Several sources merge; an <see cref="IL4ConfigProvider"/> in the
/// services is one too. Without any the section <c>L4Proxy</c> of the app's configuration is used.
/// </summary>
public static class L4ProxyBuilderExtensions
{
    /// <summary>Reads a section of the app's configuration, and follows its changes. It is quadratic: from about 1000 routes on <see cref="LoadFromFile"/> is better.</summary>
    /// <param name="builder">What <c>AddL4Proxy</c> returned.</param>
    /// <param name="section">The section that holds <c>Endpoints</c>, <c>Routes</c> and <c>Clusters</c>, as in <c>builder.Configuration.GetSection("L4Proxy")</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IL4ProxyBuilder LoadFromConfig(this IL4ProxyBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        builder.Services.AddSingleton<IL4ConfigProvider>(services => new ConfigurationConfigProvider(
            section, services.GetService<IConfiguration>(), services.GetService<TimeProvider>() ?? TimeProvider.System));
        return builder;
    }

    /// <summary>Uses a configuration made in code. To replace it later, ask the services for the <see cref="InMemoryConfigProvider"/>.</summary>
    /// <param name="builder">What <c>AddL4Proxy</c> returned.</param>
    /// <param name="config">The configuration.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IL4ProxyBuilder LoadFromMemory(this IL4ProxyBuilder builder, L4Config config)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var provider = new InMemoryConfigProvider(config);
        builder.Services.AddSingleton(provider);
        builder.Services.AddSingleton<IL4ConfigProvider>(provider);
        return builder;
    }

    /// <summary>Reads the section <c>L4Proxy</c> of a JSON file, and follows its changes within a second.</summary>
    /// <param name="builder">What <c>AddL4Proxy</c> returned.</param>
    /// <param name="path">
    /// The file, absolute or from the content root, as are the paths of certificates in it. One that is missing is an error at start.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    public static IL4ProxyBuilder LoadFromFile(this IL4ProxyBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        builder.Services.AddSingleton<IL4ConfigProvider>(services => new JsonFileConfigProvider(
            Path.GetFullPath(path, services.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory()),
            services.GetService<TimeProvider>()));
        return builder;
    }
}
