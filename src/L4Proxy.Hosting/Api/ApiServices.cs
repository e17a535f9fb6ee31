using L4Proxy.Api.Live;
using L4Proxy.Api.Objects;
using L4Proxy.Api.Owners;
using L4Proxy.Api.Ports;
using L4Proxy.Api.Records;
using L4Proxy.Api.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Api;

/// <summary>What the admin API is made of. It costs nothing until <c>MapL4ProxyApi</c> asks for it.</summary>
internal static class ApiServices
{
    public static void AddApi(this IServiceCollection services)
    {
        services.TryAddSingleton<L4ProxyApi>();
        services.TryAddSingleton<ApiListeners>();
        services.TryAddSingleton<HostsFiles>();
        services.TryAddSingleton<ObjectCatalog>();
        services.TryAddSingleton<ObjectWriter>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, ObjectPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, OwnerPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, StatusPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, CheckPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, ServicePart>());
        services.TryAddSingleton<LiveDestinations>();
        services.TryAddSingleton<LiveFeed>();
        services.TryAddSingleton<TrafficHistory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, DestinationPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, ConnectionPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, EventPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, TrafficPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, HistoryPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, CertificatePart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, TapPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, RecordPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, RootRecordPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClaimRule, NameClaims>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, LeasePart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LeaseSweeper>());
        services.TryAddSingleton<HostPorts>();
        services.TryAddSingleton<PortAllocator>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, PoolPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, AllocationPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiPart, ReservedPortPart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClaimRule, PortClaims>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClaimRule, AllocationRelease>());
    }
}
