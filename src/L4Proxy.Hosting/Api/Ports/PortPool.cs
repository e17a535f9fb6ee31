using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>Ports that are given out to routes.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Protocol">What its ports are of.</param>
/// <param name="Ports">They.</param>
/// <param name="Revision">When it was written.</param>
internal sealed record PortPool(string Id, string Owner, PortProtocol Protocol, PortSet Ports, long Revision)
{
    /// <summary>A pool of the store; null where this version cannot read it.</summary>
    public static PortPool? Of(StoreItem item) =>
        ApiBody.ReadStored<PoolBody>(item, PoolBody.Keys.Shape) is { Protocol: { } protocol, Ports: { } text } && PortSet.TryParse(text, out var ports, out _)
            ? new PortPool(item.Id, item.Owner, protocol, ports, item.Revision) : null;

    /// <summary>How the store has it.</summary>
    public StoreItem ToItem() => new(StoreKind.Pool, Id, Owner, ApiBody.Write(PoolBody.Keys.Shape, new PoolBody { Protocol = Protocol, Ports = Ports.ToString() }));
}
