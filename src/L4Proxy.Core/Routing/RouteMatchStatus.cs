namespace L4Proxy.Routing;

/// <summary>The outcome of looking for a route.</summary>
internal enum RouteMatchStatus
{
    /// <summary>No route matches, whatever follows.</summary>
    None,

    /// <summary>A route that would win may yet match: read more.</summary>
    NeedMore,

    /// <summary>A route was found.</summary>
    Found,
}
