using System.Net;
using System.Net.Sockets;
using L4Proxy.Api.Objects;
using L4Proxy.Kestrel;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>Gives out ports of pools: first come, first served, and each to one route.</summary>
internal sealed class PortAllocator(ObjectCatalog catalog, KestrelAddresses kestrel, HostPorts host)
{
    private const int MostNamed = 5;

    /// <summary>Who holds which port in a state.</summary>
    public PortUse UseOf(StoreState state) => new(state, catalog, kestrel);

    /// <summary>The port of a pool that a route has, or gets.</summary>
    /// <param name="state">What there is.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="route">The route.</param>
    /// <param name="wanted">The port that it asks for; null for any.</param>
    /// <param name="owner">Whose it is.</param>
    /// <exception cref="ApiProblem">There is none for it.</exception>
    public PortAllocation Find(StoreState state, PortPool pool, string route, int? wanted, string owner)
    {
        if (state.Find(StoreKind.Route, route) is { } known && known.Owner != owner)
            throw ApiProblem.Conflict($"route '{route}' belongs to owner '{known.Owner}', and '{owner}' gets no port for it.");
        List<PortAllocation> had = [.. PortAllocation.AllOf(state).Where(item => item.Pool == pool.Id && item.Route == route).OrderBy(item => item.Port)];
        if (had.Find(item => item.Owner != owner) is { } foreign)
            throw ApiProblem.Conflict($"Port {foreign.Port} of the pool '{pool.Id}' is held by {foreign.Name} already.");
        if ((wanted is null ? had.FirstOrDefault() : had.Find(item => item.Port == wanted)) is { } again)
            return again;
        var use = UseOf(state);
        var port = wanted is { } asked ? CheckFree(use, pool, asked, owner) : use.FreeOf(pool).Cast<int?>().FirstOrDefault(free => HostPorts.IsFree(pool.Protocol, free!.Value));
        return port is { } got ? new PortAllocation(pool.Id, pool.Protocol, got, route, owner) : throw Exhausted(state, use, pool);
    }

    private int CheckFree(PortUse use, PortPool pool, int port, string owner)
    {
        if (!pool.Ports.Contains(port))
            throw ApiBody.Wrong(AllocationBody.Keys.Port, $"Port {port} is not of the pool '{pool.Id}', which has {pool.Ports}.");
        var holder = use.GivenTo(pool, port) is { } item ? $"held by {PortAllocation.Of(item)?.Name ?? "a newer version's route"}" : use.HolderOf(pool.Protocol, port, owner);
        var address = new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);
        if (holder is null && host.FindHolder(pool.Protocol, address) is { } other)
            holder = $"held by {other}";
        return holder is null ? port : throw ApiProblem.Conflict($"Port {port} of the pool '{pool.Id}' is {holder}. {NearestFree(use, pool, port)}");
    }

    private static string NearestFree(PortUse use, PortPool pool, int port)
    {
        List<int> near = [.. use.FreeOf(pool).OrderBy(free => Math.Abs(free - port)).ThenBy(free => free).Where(free => HostPorts.IsFree(pool.Protocol, free)).Take(MostNamed).Order()];
        return near.Count == 0 ? "Nothing else of it is free." : $"Free and near: {string.Join(", ", near)}.";
    }

    private static ApiProblem Exhausted(StoreState state, PortUse use, PortPool pool)
    {
        var given = use.GivenOf(pool);
        List<string> others = [.. state[StoreKind.Pool].Values.Select(PortPool.Of).OfType<PortPool>().Where(other => other.Id != pool.Id && other.Protocol == pool.Protocol)
            .OrderBy(other => other.Id, StringComparer.Ordinal).Select(other => (other.Id, Free: use.FreeOf(other).Count())).Where(other => other.Free > 0)
            .Select(other => $"'{other.Id}' ({other.Free} free)")];
        var room = others.Count == 0 ? "No other pool has room." : $"There is room in {string.Join(", ", others.Take(MostNamed))}.";
        var held = pool.Ports.Count - given is > 0 and var rest ? $", and {rest} reserved or listened on by others" : "";
        return ApiProblem.Conflict($"The pool '{pool.Id}' is exhausted: of {pool.Ports.Count} ports {given} are given to routes{held}. {room}");
    }
}
