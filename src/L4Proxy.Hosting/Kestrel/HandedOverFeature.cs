using System.Diagnostics;
using L4Proxy.Prefaces;

namespace L4Proxy.Kestrel;

/// <summary>Says on a connection that an L4 endpoint has looked at it on the raw socket and left it to HTTP.</summary>
/// <param name="EndpointId">The endpoint.</param>
/// <param name="Hello">What was read of its TLS, if anything.</param>
/// <param name="HasEndedTls">Whether its TLS has ended here.</param>
/// <param name="Trace">The trace of the connection up to here, where there is one.</param>
internal sealed record HandedOverFeature(string EndpointId, ClientHello? Hello, bool HasEndedTls, ActivityContext? Trace = null);
