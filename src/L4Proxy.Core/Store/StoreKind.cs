namespace L4Proxy.Store;

/// <summary>What a store keeps. The numbers are stored.</summary>
internal enum StoreKind
{
    /// <summary>Somebody who has objects.</summary>
    Owner = 0,

    /// <summary>An <see cref="Configuration.L4Endpoint"/>.</summary>
    Endpoint = 1,

    /// <summary>An <see cref="Configuration.L4Route"/>.</summary>
    Route = 2,

    /// <summary>An <see cref="Configuration.L4Cluster"/>.</summary>
    Cluster = 3,

    /// <summary>Ports to be given out.</summary>
    Pool = 4,

    /// <summary>A port that was given out of a pool.</summary>
    Allocation = 5,

    /// <summary>A port that nobody gets.</summary>
    ReservedPort = 6,

    /// <summary>A name of an internal service.</summary>
    Record = 7,

    /// <summary>What was said of a destination while it runs: drained, or another weight.</summary>
    Override = 8,
}
