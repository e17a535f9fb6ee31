namespace L4Proxy.Configuration;

/// <summary>What a throttle counts.</summary>
public enum L4ThrottleScope
{
    /// <summary>Connection.</summary>
    Connection,

    /// <summary>Route.</summary>
    Route,
}
