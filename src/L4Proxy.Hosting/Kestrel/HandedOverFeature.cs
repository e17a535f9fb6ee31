namespace L4Proxy.Kestrel;

/// <summary>Says on a connection that an L4 endpoint has looked at it on the raw socket and left it to HTTP.</summary>
internal sealed record HandedOverFeature(string EndpointId);
