namespace L4Proxy.Storage.Sql;

/// <summary>The only row of <c>store</c>.</summary>
internal sealed class StoreHead
{
    public required string Id { get; init; }

    public required long Revision { get; init; }
}
