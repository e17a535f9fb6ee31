namespace L4Proxy.Routing;

/// <summary>The outcome of looking for a route.</summary>
internal enum RouteMatchStatus
{
    /// <summary>No route matches, whatever follows.</summary>
    None,

    /// <summary>A route that would win may yet match: read more.</summary>
    NeedMore,

    /// <summary>A matcher of the application's is to say whether a route that would win matches.</summary>
    Ask,

    /// <summary>A route was found.</summary>
    Found,
}
