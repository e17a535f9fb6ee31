using System.Collections.Immutable;
using System.Net;

namespace L4Proxy.Destinations.Resolution;

/// <summary>Where to dial, or why that is not known.</summary>
/// <param name="Status">How the resolution ended.</param>
/// <param name="Order">The end points, and what is learnt of them; null if there are none.</param>
/// <param name="Message">What went wrong, without the name; null if found.</param>
internal readonly record struct AddressResolution(
    AddressResolutionStatus Status, EndPointOrder? Order, string? Message)
{
    /// <summary>In the order in which they are best tried; at least one if found, else none. Not to be changed: others share them.</summary>
    public ImmutableArray<EndPoint> EndPoints => Order?.EndPoints ?? [];

    /// <summary>A success.</summary>
    public static AddressResolution Found(EndPointOrder order) => new(AddressResolutionStatus.Found, order, Message: null);

    /// <summary>Anything but a success.</summary>
    public static AddressResolution Not(AddressResolutionStatus status, string message) => new(status, Order: null, message);
}
