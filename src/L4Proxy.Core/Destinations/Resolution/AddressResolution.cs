using System.Collections.Immutable;
using System.Net;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Destinations.Resolution;

/// <summary>Where to dial, or why that is not known.</summary>
/// <param name="Status">How the resolution ended.</param>
/// <param name="Order">The end points, and what is learnt of them; null if there are none.</param>
/// <param name="Message">What went wrong, without the name; null if found.</param>
internal readonly record struct AddressResolution(
    AddressResolutionStatus Status, EndPointOrder? Order, string? Message)
{
    private const int MaxReason = 200;

    /// <summary>Where the address is known, and no name for its TLS can be made of what the client said.</summary>
    public static AddressResolution NoServerName { get; } = Not(
        AddressResolutionStatus.Refused, "No server name for the destination's TLS can be made.");

    /// <summary>In the order in which they are best tried; at least one if found, else none. Not to be changed: others share them.</summary>
    public ImmutableArray<EndPoint> EndPoints => Order?.EndPoints ?? [];

    /// <summary>Why there are none, for people: bounded, on one line. Clients choose names.</summary>
    /// <param name="serverName">What the client asked for, if it did.</param>
    public string Describe(string? serverName)
    {
        var reason = Quote.Plain(Message ?? "", MaxReason);
        if (Status != AddressResolutionStatus.Refused)
            return reason;
        return serverName is null ? $"{reason} The client asked for no name." : $"{reason} The client asked for {Quote.Text(serverName)}.";
    }

    /// <summary>A success.</summary>
    public static AddressResolution Found(EndPointOrder order) => new(AddressResolutionStatus.Found, order, Message: null);

    /// <summary>Anything but a success.</summary>
    public static AddressResolution Not(AddressResolutionStatus status, string message) => new(status, Order: null, message);
}
