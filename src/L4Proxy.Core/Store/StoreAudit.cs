namespace L4Proxy.Store;

/// <summary>A write that was made.</summary>
/// <param name="Revision">What it made.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Items">The items that it wrote (<c>route/mqtt</c>) or took away (<c>-route/mqtt</c>), at most a hundred.</param>
internal sealed record StoreAudit(long Revision, DateTimeOffset At, string Actor, string Action, IReadOnlyList<string> Items)
{
    private const int MaxItems = 100;

    /// <summary>What is to be remembered of a write.</summary>
    public static StoreAudit Of(StoreWrite write) => new(write.Expected + 1, write.At, write.Actor, write.Action,
        [.. write.Changes.Take(MaxItems).Select(change => $"{(change.Item is null ? "-" : "")}{change.Kind.ToString().ToLowerInvariant()}/{change.Id}")]);
}
