namespace L4Proxy.Store;

/// <summary>Changes that are made together or not at all.</summary>
/// <param name="Expected">The revision that they were thought of for. A store that has another one by now changes nothing.</param>
/// <param name="Changes">They, in any order; none is of the same item as another.</param>
/// <param name="Actor">Who makes them, for the audit: an owner.</param>
/// <param name="Action">What they are, for the audit: a method and a path.</param>
/// <param name="At">When.</param>
internal sealed record StoreWrite(long Expected, IReadOnlyList<StoreChange> Changes, string Actor, string Action, DateTimeOffset At)
{
    /// <summary>The store that it was thought of for: another one changes nothing, whatever its revision. Empty is any.</summary>
    public string StoreId { get; init; } = "";
}
