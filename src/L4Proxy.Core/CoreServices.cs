using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Explaining;
using L4Proxy.Files;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Routing.Matchers;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Status;
using L4Proxy.Store;
using L4Proxy.Taps;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using L4Proxy.Transport;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace L4Proxy;

/// <summary>What the proxy is made of, one of each.</summary>
internal static class CoreServices
{
    private const int ConnectWarningsPerSecond = 10;

    public static IServiceCollection AddProxyServer(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddQueuedLoggers();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILogger<CoarseClock>>();
            return new CoarseClock(provider.GetRequiredService<TimeProvider>(), log.DeadlineFailed);
        });
        services.TryAddSingleton<TransportChoice>();
        services.TryAddSingleton<AddressLookup>(SystemAddressLookup.LookUpAsync);
        services.TryAddSingleton(provider => new FileStore(
            provider.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FileStore>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, FilesCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, RouteCertificateCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, DescriptorCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, LocalAddressCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, LoadBalancingPolicyCheck>());
        services.TryAddSingleton<LoadBalancingPolicies>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, ConnectionMatcherCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, TimeZoneCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigCheck, ServiceCheck>());
        services.TryAddSingleton<ConnectionMatchers>();
        services.TryAddSingleton<HealthNews>();
        services.TryAddSingleton<TlsBuilder>();
        services.TryAddSingleton<SnapshotBuilder>();
        services.TryAddSingleton<ProxyMetrics>();
        services.TryAddSingleton<ConnectionRecorder>();
        services.TryAddSingleton<LiveBytes>();
        services.TryAddSingleton<DroppedLines>();
        services.TryAddSingleton<DestinationMetrics>();
        services.TryAddSingleton(provider => new DescriptorBudget(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<SessionSet>();
        services.TryAddSingleton<ConfigLoader>();
        services.TryAddSingleton<IL4Store, InMemoryStore>();
        services.TryAddSingleton<StoreConfigProvider>();
        services.TryAddSingleton<StoreSession>();
        services.TryAddSingleton<IL4Reload, ProxyReload>();
        services.TryAddSingleton<OwnListeners>();
        services.TryAddSingleton(provider => provider.GetRequiredService<DroppedLines>().Limit(ConnectWarningsPerSecond, "connections and destinations"));
        services.TryAddSingleton<Tcp.Admission>();
        services.TryAddSingleton<ProxyHeaderReader>();
        services.TryAddSingleton<Tcp.PrefaceReader>();
        services.TryAddSingleton<CancelForwarder>();
        services.TryAddSingleton<TlsTerminator>();
        services.TryAddSingleton<Dialler>();
        services.TryAddSingleton<Prober>();
        services.TryAddSingleton<HealthMonitor>();
        services.TryAddSingleton<Tcp.Connector>();
        services.TryAddSingleton<TcpProxy>();
        services.TryAddSingleton<TcpServer>();
        services.TryAddSingleton<Udp.Admission>();
        services.TryAddSingleton<Udp.Connector>();
        services.TryAddSingleton<Udp.Relay>();
        services.TryAddSingleton<Udp.UnroutedDatagrams>();
        services.TryAddSingleton<UdpProxy>();
        services.TryAddSingleton<UdpServer>();
        services.TryAddSingleton<ProxyServer>();
        services.TryAddSingleton<TapSet>();
        services.TryAddSingleton<IL4Drain>(provider => provider.GetRequiredService<ProxyServer>());
        services.TryAddSingleton<IL4DestinationHealth, DestinationHealthReader>();
        services.TryAddSingleton<IL4RouteExplainer, RouteExplainer>();
        return services;
    }

    /// <summary>Has what logs under this category do so by way of a <see cref="LogQueue"/>.</summary>
    public static IServiceCollection AddQueuedLogger<T>(this IServiceCollection services)
    {
        services.TryAddSingleton<ILogger<T>, QueuedLogger<T>>();
        return services;
    }

    /// <summary>What runs on reactors and on the clock's thread, and what a provider that fails must not end.</summary>
    private static void AddQueuedLoggers(this IServiceCollection services)
    {
        services.TryAddSingleton<LogQueue>();
        services.AddQueuedLogger<ProxyMetrics>().AddQueuedLogger<ProxyServer>().AddQueuedLogger<OwnListeners>().AddQueuedLogger<DroppedLines>().AddQueuedLogger<ConfigLoader>();
        services.AddQueuedLogger<CoarseClock>().AddQueuedLogger<TransportChoice>().AddQueuedLogger<LoadBalancingPolicies>().AddQueuedLogger<HealthNews>();
        services.AddQueuedLogger<TcpServer>().AddQueuedLogger<TcpProxy>().AddQueuedLogger<ProxyHeaderReader>();
        services.AddQueuedLogger<Tcp.PrefaceReader>().AddQueuedLogger<TlsTerminator>().AddQueuedLogger<Tcp.Connector>();
        services.AddQueuedLogger<HealthMonitor>();
        services.AddQueuedLogger<UdpServer>().AddQueuedLogger<UdpProxy>().AddQueuedLogger<Udp.Connector>();
    }
}
