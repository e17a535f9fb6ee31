namespace L4Proxy.Configuration;

/// <summary>Which addresses of a destination's name are used.</summary>
public enum L4AddressFamily
{
    /// <summary>IPv4 and IPv6.</summary>
    Any,

    /// <summary>Only IPv4.</summary>
    IPv4,

    /// <summary>Only IPv6.</summary>
    IPv6,
}
