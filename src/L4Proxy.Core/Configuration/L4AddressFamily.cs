namespace L4Proxy.Configuration;

/// <summary>Which addresses of a name are used.</summary>
public enum L4AddressFamily
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>IPv4.</summary>
    IPv4,

    /// <summary>IPv6.</summary>
    IPv6,
}
