using System.Net;

namespace L4Proxy.Transport;

/// <summary>Makes datagram sockets of one kind: <see cref="SocketTransport"/>'s twin.</summary>
internal abstract class DatagramTransport
{
    /// <summary>
    /// Binds: one socket for each thread that receives, all at one address. What a client sends from one port comes to one of
    /// them for as long as all are there. The IPv6 wildcard takes IPv4 too.
    /// </summary>
    /// <param name="endPoint">Where; port 0 is the system's choice.</param>
    /// <param name="options">Its buffers and whether the port is shared; the rest is TCP's.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, not of this machine, or not allowed.</exception>
    public abstract IReadOnlyList<DatagramSocket> Listen(IPEndPoint endPoint, in ListenOptions options);

    /// <summary>How many descriptors listening at an address takes.</summary>
    public abstract int DescriptorsAt(IPEndPoint endPoint);

    /// <summary>A socket of its own to <paramref name="endPoint"/>. Nothing is sent, so that all is well says nothing of the peer.</summary>
    public abstract DatagramStatus TryConnect(IPEndPoint endPoint, in DialOptions options, out ConnectedDatagramSocket? socket);
}
