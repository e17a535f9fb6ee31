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

    public override DatagramStatus TryConnect(IPEndPoint endPoint, in DialOptions options, out ConnectedDatagramSocket? socket)
    {
        socket = null;
        Socket? made = null;
        try
        {
            made = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            SetBuffers(made, options);
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

    private static void SetBuffers(Socket socket, in DialOptions options)
    {
        if ((options.ReceiveBuffer ?? DialOptions.DatagramReceiveBuffer) is var receive
            && (options.ReceiveBuffer is not null || receive > socket.ReceiveBufferSize))
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
    }
}
