using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>
/// Datagrams for any operating system. <see cref="Socket"/> cannot choose the address that a datagram leaves from, so a
/// wildcard is one socket for each address of this machine.
/// </summary>
/// <param name="addresses">The addresses of this machine.</param>
internal sealed class ManagedDatagramTransport(DatagramAddresses addresses) : DatagramTransport
{
    /// <summary>For this machine as it is.</summary>
    public ManagedDatagramTransport()
        : this(new SystemDatagramAddresses())
    {
    }

    public override IReadOnlyList<DatagramSocket> Listen(IPEndPoint endPoint, in ListenOptions options) =>
        [ManagedDatagramSocket.Listen(endPoint, options, addresses)];

    public override DatagramStatus TryConnect(IPEndPoint endPoint, out ConnectedDatagramSocket? socket)
    {
        socket = null;
        Socket? made = null;
        try
        {
            made = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            made.Connect(endPoint);
            socket = new ManagedConnectedDatagramSocket(made);
            return DatagramStatus.Ok;
        }
        catch (SocketException e)
        {
            made?.Dispose();
            return DatagramError.Status(e.SocketErrorCode);
        }
    }
}
