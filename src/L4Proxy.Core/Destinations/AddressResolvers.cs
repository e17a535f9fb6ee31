using L4Proxy.Destinations.NameServers;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Destinations.Services;

namespace L4Proxy.Destinations;

/// <summary>The resolvers of a snapshot, one for each way of asking that a cluster of it has.</summary>
internal sealed class AddressResolvers(AddressLookup lookup, IServiceEndpoints? services, TimeProvider time)
{
    private readonly Dictionary<AddressResolverOptions, ClusterNames> _byOptions = [];

    /// <summary>The one for a cluster. What the snapshot before has for the same options is kept, with what it knows.</summary>
    public ClusterNames For(AddressResolverOptions options, AddressResolvers? before)
    {
        if (!_byOptions.TryGetValue(options, out var names))
            _byOptions.Add(options, names = before?._byOptions.GetValueOrDefault(options) ?? Create(options));
        return names;
    }

    private ClusterNames Create(AddressResolverOptions options)
    {
        var client = new NameServerClient(options.Servers, options.Timeout, time);
        var hosts = options.Servers.Servers.Count == 0
            ? new AddressResolver(lookup.Only(options.Family), options, time)
            : AddressResolver.Of(new NameServerAddresses(client, options.Family, time).LookUpAsync, options, time);
        return new ClusterNames(
            hosts,
            new NameResolver<ServiceTargets>(new NameServerServices(client).LookUpAsync, static _ => null, options, time),
            services is null ? null : new NameResolver<ServiceTargets>(services.LookUpAsync, static _ => null, options, time),
            time);
    }
}
