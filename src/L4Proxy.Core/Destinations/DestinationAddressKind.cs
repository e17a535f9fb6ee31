namespace L4Proxy.Destinations;

/// <summary>What a destination's address is.</summary>
internal enum DestinationAddressKind
{
    /// <summary>A host name to resolve, perhaps with captures.</summary>
    Host,

    /// <summary>An IP address.</summary>
    Ip,

    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>A DNS SRV name.</summary>
    Srv,

    /// <summary>A service that the application knows of.</summary>
    Service,
}
