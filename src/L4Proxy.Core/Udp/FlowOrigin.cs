using System.Net;
using L4Proxy.Snapshot;

namespace L4Proxy.Udp;

/// <summary>Whose a new flow is, and where it comes in.</summary>
/// <param name="Key">Client and local address.</param>
/// <param name="Shard">Where the datagram came in.</param>
/// <param name="Endpoint">The endpoint as it is now: the flow keeps this snapshot to its end.</param>
/// <param name="Client">The client, where anything asks for it.</param>
internal readonly record struct FlowOrigin(SessionKey Key, UdpShard Shard, EndpointModel Endpoint, IPAddress? Client);
