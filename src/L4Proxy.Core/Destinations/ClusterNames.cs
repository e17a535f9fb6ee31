using L4Proxy.Destinations.Resolution;
using L4Proxy.Destinations.Services;

namespace L4Proxy.Destinations;

/// <summary>What resolves the names of a cluster's destinations.</summary>
/// <param name="hosts">Host names.</param>
/// <param name="records">SRV names.</param>
/// <param name="services">Services that the application knows of; null where it knows of none.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterNames(AddressResolver hosts, NameResolver<ServiceTargets> records, NameResolver<ServiceTargets>? services, TimeProvider time)
{
    /// <summary>Resolves host names.</summary>
    public AddressResolver Hosts => hosts;

    /// <summary>Where a destination is whose address is a service; null for any other.</summary>
    public ServiceAddress? ServiceOf(DestinationAddress address) => address.Kind switch
    {
        DestinationAddressKind.Srv => new(address.Host, records, hosts, Random.Shared, time),
        DestinationAddressKind.Service when services is not null => new(address.Host, services, hosts, Random.Shared, time),
        _ => null,
    };
}
