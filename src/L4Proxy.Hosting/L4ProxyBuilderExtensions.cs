using L4Proxy;
using L4Proxy.Configuration;
using L4Proxy.Connections;
using L4Proxy.Tcp;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
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

    /// <summary>Uses a configuration made in code. To replace it later, ask the services for the <see cref="L4InMemoryConfigProvider"/>.</summary>
    /// <param name="builder">What <c>AddL4Proxy</c> returned.</param>
    /// <param name="config">The configuration.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IL4ProxyBuilder LoadFromMemory(this IL4ProxyBuilder builder, L4Config config)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var provider = new L4InMemoryConfigProvider(config);
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
        builder.Services.AddSingleton<IL4ConfigProvider>(services => new L4JsonFileConfigProvider(
            Path.GetFullPath(path, services.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory()),
            services.GetService<TimeProvider>()));
        return builder;
    }

    /// <summary>
    /// Has destinations <c>service:_endpoint.name</c> looked up by Microsoft.Extensions.ServiceDiscovery in the application's configuration, where
    /// Aspire's <c>WithReference</c> writes what a resource may use: <c>services__broker__mqtt__0</c> is <c>service:_mqtt.broker</c>.
    /// </summary>
    /// <param name="builder">What <c>AddL4Proxy</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IL4ProxyBuilder AddServiceDiscovery(this IL4ProxyBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddServiceDiscoveryCore().AddConfigurationServiceEndpointProvider();
        return builder;
    }

    /// <summary>
    /// Adds connection middleware to an endpoint, as <c>ListenOptions.Use</c> does to one of Kestrel's. It sees every TCP connection that a route
    /// takes to a cluster, once its TLS has ended here, where it does, and before a destination is picked.
    /// <para>
    /// Calling <c>next</c> lets the connection go on, and returns when it is over; <c>Abort</c> resets it, returning without <c>next</c> closes it. What
    /// is known of it is in its features: <see cref="IL4SessionFeature"/>, <see cref="IClientHelloFeature"/>,
    /// <see cref="IProxyProtocolFeature"/> and, where its TLS ended here, ASP.NET's of TLS. <c>RemoteEndPoint</c> is the real client.
    /// </para>
    /// <para>
    /// Who asks for <c>Transport</c>, before <c>next</c>, may serve the connection itself or put something around it, and pays for pipes; all others are relayed
    /// as without middleware. Middleware runs on the thread pool. If it throws, its connection is reset (<see cref="L4EndReason.MiddlewareFailed"/>).
    /// As long as it has not called <c>next</c> no timeout of the proxy holds; <c>ConnectionClosed</c> says when nobody waits any longer.
    /// </para>
    /// </summary>
    /// <param name="builder">What <c>AddL4Proxy</c> returned.</param>
    /// <param name="endpointId">The id under <c>L4Proxy:Endpoints</c>.</param>
    /// <param name="configure">Adds middleware; called once, when the host starts. Several calls add up, in their order.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="configure"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="endpointId"/> is null or empty.</exception>
    public static IL4ProxyBuilder UseConnectionMiddleware(this IL4ProxyBuilder builder, string endpointId, Action<IConnectionBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(endpointId);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddSingleton(new EndpointMiddleware(endpointId, configure));
        builder.Services.AddQueuedLogger<ConnectionPipelines>().TryAddSingleton<ConnectionPipelines>();
        builder.Services.TryAddSingleton<ConnectionMiddleware>(services => services.GetRequiredService<ConnectionPipelines>().EnterAsync);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, MiddlewareCheck>());
        return builder;
    }
}
