namespace L4Proxy.Store;

/// <summary>An item that is written, or one that is taken away.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Item">It; null takes it away.</param>
internal sealed record StoreChange(StoreKind Kind, string Id, StoreItem? Item)
{
    /// <summary>Writes an item.</summary>
    public static StoreChange Put(StoreItem item) => new(item.Kind, item.Id, item);

    /// <summary>Takes an item away.</summary>
    public static StoreChange Remove(StoreItem item) => new(item.Kind, item.Id, null);
}
