namespace L4Proxy.Configuration;

/// <summary>Which addresses an endpoint's <c>Url</c> listens on.</summary>
internal enum EndpointHost
{
    /// <summary>None: it is not an IP socket.</summary>
    None,

    /// <summary>Every one, IPv4 and IPv6.</summary>
    Any,

    /// <summary>127.0.0.1 and ::1.</summary>
    Localhost,

    /// <summary>
    /// One. As in Kestrel, <c>[::]</c> is every IPv4 address as well, but <c>0.0.0.0</c> is IPv4 only; where both are given on one port,
    /// <c>[::]</c> is IPv6 only, as in nginx.
    /// </summary>
    Address,
}
