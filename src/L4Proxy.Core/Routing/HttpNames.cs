namespace L4Proxy.Routing;

/// <summary>Where the clients of an endpoint show the name that a route of HTTP requests is found by, if it does not end their TLS itself.</summary>
[Flags]
internal enum HttpNames
{
    /// <summary>In the hello: TLS ends at the endpoint.</summary>
    OfTls = 1,

    /// <summary>In a plaintext request.</summary>
    OfRequests = 2,

    /// <summary>In either, on a port of Kestrel's.</summary>
    Both = OfTls | OfRequests,
}
