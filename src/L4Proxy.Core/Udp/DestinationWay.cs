using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Udp;

/// <summary>Where a flow has been answered from, for others that are to go to the same machine.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="EndPoint">The one of its addresses that answered.</param>
/// <param name="Addresses">Where the destination is, and what is learnt of that.</param>
internal sealed record DestinationWay(DestinationState Destination, IPEndPoint EndPoint, EndPointOrder Addresses);
