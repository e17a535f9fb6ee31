namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Where a client's TLS ends.</summary>
public enum Door
{
    /// <summary>In Kestrel, on an endpoint of its own that layer 4 shares.</summary>
    Shared,

    /// <summary>On a <c>tls://</c> endpoint.</summary>
    Tls,

    /// <summary>On a <c>tcp://</c> endpoint, by the route.</summary>
    Terminated,
}
