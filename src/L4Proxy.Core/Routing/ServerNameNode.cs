namespace L4Proxy.Routing;

/// <summary>The entries at one name of the index, each list sorted by rank.</summary>
/// <param name="Exact">For the name itself.</param>
/// <param name="Labels">For a given number of labels before it.</param>
/// <param name="Suffix">For any labels before it.</param>
internal sealed record ServerNameNode(RouteEntry[] Exact, RouteEntry[] Labels, RouteEntry[] Suffix);
