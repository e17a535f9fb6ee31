using L4Proxy.Tcp;
using L4Proxy.Transport;

namespace L4Proxy.Kestrel;

/// <summary>An endpoint, as it is now, that a connection belongs to.</summary>
internal interface IL4Claim
{
    /// <summary>The endpoint's id.</summary>
    string EndpointId { get; }

    /// <summary>Walks the connection in the background. Never throws.</summary>
    void Serve(TransportConnection connection, IHttpHandOver httpHandOver);

    /// <summary>Walks the connection; ends when it is closed or handed off. Never throws.</summary>
    Task ServeAsync(TransportConnection connection, IHttpHandOver httpHandOver);
}
