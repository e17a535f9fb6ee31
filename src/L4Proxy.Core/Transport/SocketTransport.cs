using System.Net;

namespace L4Proxy.Transport;

/// <summary>Makes listeners and connections of one kind: the seam between the stations and what moves the bytes.</summary>
internal abstract class SocketTransport
{
    /// <summary>Binds and listens.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, not of this machine, or not allowed.</exception>
    public abstract TransportListener Listen(EndPoint endPoint, in ListenOptions options);

    /// <summary>A socket to dial <paramref name="endPoint"/> with.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There is no descriptor left.</exception>
    public abstract TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options);
}
