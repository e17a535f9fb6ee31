using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Kestrel;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>Who holds the ports of pools, in a state of the store.</summary>
internal sealed class PortUse(StoreState state, ObjectCatalog catalog, KestrelAddresses kestrel)
{
    private readonly PortHolders _endpoints = new(catalog, state);
    private readonly SortedDictionary<int, Reservation> _reserved = Reservation.AllOf(state);
    private readonly List<KestrelAddress> _http = [.. kestrel.TakenNow()];

    /// <summary>Who holds a port that a pool has not given out, in words; null if nobody does.</summary>
    /// <param name="protocol">What it is of.</param>
    /// <param name="port">The port.</param>
    /// <param name="owner">Whose endpoints may be there already; null for nobody's.</param>
    public string? HolderOf(PortProtocol protocol, int port, string? owner = null)
    {
        if (_reserved.TryGetValue(port, out var reservation) && reservation.Holds(protocol))
            return reservation.Name;
        if (_endpoints.Find(protocol, port) is { } holder && (owner is null || holder.Owner != owner))
            return $"listened on by {holder.Name}";
        return _http.Find(taken => taken.EndPoint.Port == port && (taken.Scheme == EndpointScheme.Udp) == (protocol == PortProtocol.Udp)) is { } http
            ? $"held by {(http.Holder == "Kestrel" ? "Kestrel of this app" : http.Holder)}" : null;
    }

    /// <summary>What a pool has given a port to; null if it is not given out.</summary>
    public StoreItem? GivenTo(PortPool pool, int port) => state.Find(StoreKind.Allocation, PortAllocation.IdOf(pool.Id, port));

    /// <summary>The ports of a pool that nobody holds, the lowest first.</summary>
    public IEnumerable<int> FreeOf(PortPool pool) => pool.Ports.All.Where(port => GivenTo(pool, port) is null && HolderOf(pool.Protocol, port) is null);

    /// <summary>How many ports a pool has given out.</summary>
    public int GivenOf(PortPool pool) => pool.Ports.All.Count(port => GivenTo(pool, port) is not null);
}
