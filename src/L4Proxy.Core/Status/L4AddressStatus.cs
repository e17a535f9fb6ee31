using System.Net;

namespace L4Proxy;

/// <summary>An address that a destination's name led to and that failed.</summary>
public sealed record L4AddressStatus
{
    /// <summary>The address and port.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary><see cref="L4DestinationHealth.Refusing"/> or <see cref="L4DestinationHealth.Ejected"/>.</summary>
    public required L4DestinationHealth Health { get; init; }

    /// <summary>For how long other destinations come first from now on; null where they do not.</summary>
    /// <value>More than 0.</value>
    public TimeSpan? AvoidedFor { get; init; }
}
