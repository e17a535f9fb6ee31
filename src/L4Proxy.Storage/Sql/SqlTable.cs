using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>The table of a kind of items.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">What the table is called.</param>
/// <param name="Columns">What it has beside an id, an owner, a body and a revision; all of it is said by the body or the id.</param>
internal sealed record SqlTable(StoreKind Kind, string Name, params IReadOnlyList<string> Columns)
{
    private const string Port = "port";

    /// <summary>All, in an order in which each row finds what it refers to.</summary>
    public static IReadOnlyList<SqlTable> All { get; } =
    [
        new(StoreKind.Owner, "owners"),
        new(StoreKind.Endpoint, "endpoints"),
        new(StoreKind.Route, "routes", "mode"),
        new(StoreKind.Cluster, "clusters"),
        new(StoreKind.Pool, "pools", "protocol", "ports"),
        new(StoreKind.Allocation, "allocations", "pool", "protocol", Port, "route"),
        new(StoreKind.ReservedPort, "reserved_ports", Port, "protocol"),
        new(StoreKind.Record, "records"),
        new(StoreKind.Override, "overrides"),
    ];

    /// <summary>Whether a column is a number.</summary>
    public static bool IsNumber(string column) => column == Port;
}
