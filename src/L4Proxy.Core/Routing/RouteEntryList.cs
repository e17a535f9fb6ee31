namespace L4Proxy.Routing;

/// <summary>
/// Entries at one name of the index, sorted by rank. Nearly always one: it is reached without an array between, since each
/// step through cold memory costs more than the rest of a look-up.
/// </summary>
internal readonly struct RouteEntryList
{
    /// <summary>Takes at least one entry, sorted by rank.</summary>
    public RouteEntryList(IEnumerable<RouteEntry> entries)
    {
        RouteEntry[] all = [.. entries];
        First = all[0];
        Rest = all[1..];
    }

    /// <summary>The entry of the lowest rank.</summary>
    public RouteEntry First { get; }

    /// <summary>The others.</summary>
    public RouteEntry[] Rest { get; }
}
