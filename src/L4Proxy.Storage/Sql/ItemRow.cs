using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>A row of a kind's table, or of <c>removed</c>. Set by property: the types that SQLite tells of a column depend on its rows.</summary>
internal sealed class ItemRow
{
    public long Kind { get; init; }

    public string Id { get; init; } = "";

    public string Owner { get; init; } = "";

    public string Body { get; init; } = "";

    public long Revision { get; init; }

    public StoreItem ToItem() => new((StoreKind)Kind, Id, Owner, Body, Revision);
}
