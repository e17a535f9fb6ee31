using L4Proxy;
using L4Proxy.Api;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations.Services;
using L4Proxy.Discovery;
using L4Proxy.Explaining;
using L4Proxy.Health;
using L4Proxy.Http;
using L4Proxy.InProcess;
using L4Proxy.Kestrel;
using L4Proxy.Snapshot;
using L4Proxy.Store;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds L4Proxy to a host.</summary>
public static class L4ProxyServiceCollectionExtensions
{
    /// <summary>
    /// Adds the proxy. It is configured by the section <c>L4Proxy</c> of the app's configuration, unless something else is
    /// said with the <c>LoadFrom…</c> methods of what is returned. Calling it again changes nothing.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>The builder to go on with.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IL4ProxyBuilder AddL4Proxy(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<L4ProxyHostingOptions>();
        AddConfiguration(services);
        services.TryAddSingleton<IServiceEndpoints, DiscoveredServices>();
        services.AddProxyServer();
        services.TryAddSingleton<SharedEndpoints>();
        services.TryAddSingleton<IL4Endpoints, L4Endpoints>();
        services.TryAddSingleton<IL4Sessions, L4Sessions>();
        services.TryAddSingleton<ProxyReadiness>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProxyHostedService>());
        AddKestrelTransport(services);
        AddInProcessHttp(services);
        AddHttpRoutes(services);
        services.AddApi();
        return new L4ProxyBuilder(services);
    }

    /// <summary>Adds the proxy, and says how it lives with the web server of the host.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; called after those of earlier calls.</param>
    /// <returns>The builder to go on with.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IL4ProxyBuilder AddL4Proxy(this IServiceCollection services, Action<L4ProxyHostingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddL4Proxy();
        services.Configure(configure);
        return builder;
    }

    private static void AddConfiguration(IServiceCollection services)
    {
        services.TryAddSingleton<KestrelChanges>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, KestrelEndpointCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, KestrelAddressCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, KestrelHttp3Check>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, HttpActionCheck>());
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<ConfigLoader>(provider, ProvidersOf(provider)));
        services.TryAddSingleton(provider => new ConfigurationConfigProvider(
            provider.GetRequiredService<IConfiguration>().GetSection(ConfigReader.SectionName), provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, UnusedSectionCheck>());
        services.TryAddSingleton<IL4ConfigValidator, ProvidedConfigValidator>();
    }

    /// <summary>Those that were added, or else the app's section.</summary>
    private static List<IL4ConfigProvider> ProvidersOf(IServiceProvider services)
    {
        var providers = services.GetServices<IL4ConfigProvider>().ToList();
        if (providers.Count == 0 && services.GetService<IConfiguration>() is not null)
            providers.Add(services.GetRequiredService<ConfigurationConfigProvider>());
        providers.Add(services.GetRequiredService<KestrelChanges>());
        providers.Add(services.GetRequiredService<StoreConfigProvider>());
        return providers;
    }

    private static void AddKestrelTransport(IServiceCollection services)
    {
        services.TryAddSingleton<IL4ConnectionGate, ProxyGate>();
        services.TryAddSingleton<HttpConnections>();
        services.TryAddSingleton<KestrelSection>();
        services.TryAddSingleton<KestrelEndpointMap>();
        services.TryAddSingleton<KestrelListeners>();
        services.TryAddSingleton<KestrelAddresses>();
        services.TryAddSingleton<SharedAddresses>(provider => provider.GetRequiredService<SharedEndpoints>().AddressesOf);
        services.TryAddSingleton<KestrelPlaces>(provider => provider.GetRequiredService<KestrelSection>() is { HasServer: true } section
            ? name => KestrelUrl.AddressesOf(section.ReadEndpoints().GetValueOrDefault(name)) : static _ => []);
        // Kestrel adds its own transport only where there is none, and it is still needed for what is not TCP.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        services.AddQueuedLogger<L4ConnectionListener>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, L4ConnectionListenerFactory>());
    }

    /// <summary>What YARP asks for, where the application has it.</summary>
    private static void AddHttpRoutes(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(HttpRoutes)))
            return;
        services.AddSingleton<HttpRoutes>();
        services.TryAddSingleton<HttpEndpoints>();
        services.TryAddSingleton<YarpEndpoints>();
        services.TryAddSingleton<HttpDialler>();
        services.TryAddSingleton<HeaderEncodings>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<KestrelServerOptions>, HeaderEncodings.Setup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, HttpRoutesCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProxyConfigProvider, HttpRoutes>(provider => provider.GetRequiredService<HttpRoutes>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigChangeListener, HttpRoutes>(provider => provider.GetRequiredService<HttpRoutes>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformProvider, ForwardedHeaders>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformProvider, CallTransform>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoadBalancingPolicy, PickLater>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HttpRoutePolicy>());
        services.Add(HttpClusterClients.Over(services.LastOrDefault(service => service.ServiceType == typeof(IForwarderHttpClientFactory))));
        // Inside of the in-process server's pipeline, and around all else.
        services.Insert(1, ServiceDescriptor.Singleton<IStartupFilter, HttpRouteFilter>());
    }

    private static void AddInProcessHttp(IServiceCollection services)
    {
        services.TryAddSingleton<InProcessHttp>();
        services.TryAddSingleton<InProcessServer>();
        services.TryAddSingleton<InProcessHost>();
        services.TryAddSingleton<NoDefaultAddress>();
        if (services.Any(service => service.ImplementationType == typeof(ApplicationPipeline)))
            return;
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, ApplicationPipeline>());
        services.AddSingleton<IStartupFilter>(provider => provider.GetRequiredService<NoDefaultAddress>());
    }
}
