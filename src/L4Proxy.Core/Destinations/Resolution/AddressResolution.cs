using System.Collections.Immutable;
using System.Net;

namespace L4Proxy.Destinations.Resolution;

/// <summary>Where to dial, or why that is not known.</summary>
/// <param name="Status">How the resolution ended.</param>
/// <param name="EndPoints">In the resolver's order; at least one if found, else none. Not to be changed: others share them.</param>
/// <param name="Message">What went wrong, without the name; null if found.</param>
internal readonly record struct AddressResolution(
    AddressResolutionStatus Status, ImmutableArray<EndPoint> EndPoints, string? Message)
{
    /// <summary>A success.</summary>
    public static AddressResolution Found(ImmutableArray<EndPoint> endPoints) => new(AddressResolutionStatus.Found, endPoints, null);

    /// <summary>Anything but a success.</summary>
    public static AddressResolution Not(AddressResolutionStatus status, string message) => new(status, [], message);
}
