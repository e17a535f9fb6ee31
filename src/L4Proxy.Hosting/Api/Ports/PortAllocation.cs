using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>A port that a pool has given to a route.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Protocol">What the port is of.</param>
/// <param name="Port">The port.</param>
/// <param name="Route">The route, which need not be there yet.</param>
/// <param name="Owner">Whose it is.</param>
internal sealed record PortAllocation(string Pool, PortProtocol Protocol, int Port, string Route, string Owner)
{
    // Asked for at every allocation, and read once.
    private static readonly ConditionalWeakTable<StoreItem, PortAllocation?> s_read = [];

    /// <summary>What it is called in messages.</summary>
    public string Name => $"route '{Route}' of owner '{Owner}'";

    /// <summary>One of the store; null where this version cannot read it.</summary>
    public static PortAllocation? Of(StoreItem item) => s_read.GetValue(item, Read);

    /// <summary>All of a state.</summary>
    public static IEnumerable<PortAllocation> AllOf(StoreState state) => state[StoreKind.Allocation].Values.Select(Of).OfType<PortAllocation>();

    /// <summary>The id of a port of a pool in the store.</summary>
    public static string IdOf(string pool, int port) => string.Create(CultureInfo.InvariantCulture, $"{pool}:{port}");

    /// <summary>How the store has it.</summary>
    public StoreItem ToItem() => new(StoreKind.Allocation, IdOf(Pool, Port), Owner,
        ApiBody.Write(AllocationBody.Keys.Shape, new AllocationBody { Pool = Pool, Protocol = Protocol, Port = Port, Route = Route }));

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("pool", Pool);
        json.WriteString("route", Route);
        json.WriteNumber("port", Port);
        json.WriteString("owner", Owner);
        json.WriteEndObject();
    }

    private static PortAllocation? Read(StoreItem item) =>
        ApiBody.ReadStored<AllocationBody>(item, AllocationBody.Keys.Shape) is { Pool: { } pool, Protocol: { } protocol, Port: { } port, Route: { } route }
            ? new PortAllocation(pool, protocol, port, route, item.Owner) : null;
}
