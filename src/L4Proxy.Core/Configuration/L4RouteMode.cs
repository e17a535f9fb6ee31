namespace L4Proxy.Configuration;

/// <summary>The layer a route works on.</summary>
public enum L4RouteMode
{
    /// <summary>L4.</summary>
    L4,

    /// <summary>L7.</summary>
    L7,
}
