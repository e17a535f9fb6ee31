using System.Net;
using L4Proxy.Snapshot;

namespace L4Proxy.Explaining;

/// <summary>Where Kestrel listens, or will, for an endpoint that is shared with it.</summary>
internal delegate IEnumerable<EndPoint> SharedAddresses(EndpointModel endpoint);
