namespace L4Proxy.Destinations.Resolution;

/// <summary>How a resolution ended.</summary>
internal enum AddressResolutionStatus : byte
{
    /// <summary>The resolver could not tell: it is misconfigured, unreachable or overloaded.</summary>
    Failed,

    /// <summary>There are addresses.</summary>
    Found,

    /// <summary>The name does not exist, or has no address.</summary>
    NotFound,

    /// <summary>No answer came in time.</summary>
    TimedOut,

    /// <summary>What the client calls itself does not make a name that may be looked up.</summary>
    Refused,

    /// <summary>The caller gave up.</summary>
    Canceled,
}
