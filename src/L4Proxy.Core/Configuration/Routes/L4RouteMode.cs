namespace L4Proxy.Configuration;

/// <summary>The layer a route works on.</summary>
public enum L4RouteMode
{
    /// <summary>Bytes.</summary>
    L4,

    /// <summary>HTTP requests, by YARP.</summary>
    L7,
}
