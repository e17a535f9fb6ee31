namespace L4Proxy.Configuration;

/// <summary>The layer a route works on.</summary>
internal enum L4RouteMode
{
    /// <summary>Bytes.</summary>
    L4,

    /// <summary>HTTP requests.</summary>
    L7,
}
