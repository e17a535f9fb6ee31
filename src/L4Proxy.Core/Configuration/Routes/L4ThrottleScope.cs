namespace L4Proxy.Configuration;

/// <summary>What a throttle's rates are counted over.</summary>
public enum L4ThrottleScope
{
    /// <summary>Each connection on its own.</summary>
    Connection,

    /// <summary>All connections of the route together.</summary>
    Route,
}
