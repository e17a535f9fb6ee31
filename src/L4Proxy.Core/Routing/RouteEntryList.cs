namespace L4Proxy.Routing;

/// <summary>
/// Entries at one name of the index, sorted by rank. Nearly always one: it is reached without an array between, since each
/// step through cold memory costs more than the rest of a look-up.
/// </summary>
internal readonly struct RouteEntryList
{
    /// <summary>Takes entries that are sorted by rank.</summary>
    public RouteEntryList(RouteEntry first, RouteEntry[] rest) => (First, Rest) = (first, rest);

    /// <summary>The entry of the lowest rank.</summary>
    public RouteEntry First { get; }

    /// <summary>The others.</summary>
    public RouteEntry[] Rest { get; }
}
