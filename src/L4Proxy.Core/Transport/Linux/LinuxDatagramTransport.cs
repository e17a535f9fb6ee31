using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Transport.Linux;

/// <summary>Datagrams on Linux: one socket an endpoint, whatever its addresses.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDatagramTransport : DatagramTransport
{
    private const int SolSocket = 1;
    private const int SoReusePort = 15;
    private const int SoSendBufferForce = 32;
    private const int SoReceiveBufferForce = 33;

    public override DatagramSocket Listen(IPEndPoint endPoint, in ListenOptions options)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            var wildcard = DatagramAddress.From(endPoint).IsUnspecified;
            if (wildcard && endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            if (wildcard)
                PacketInfo.Enable(socket);
            if (options.ReusePort)
                socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            SetBuffers(socket, options);
            socket.Bind(endPoint);
            return new LinuxDatagramSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override DatagramStatus TryConnect(IPEndPoint endPoint, out ConnectedDatagramSocket? socket)
    {
        socket = null;
        var address = DatagramAddress.From(endPoint);
        if (NewSocket(address, out var made) is var failure and not DatagramStatus.Ok)
            return failure;
        var connected = new LinuxConnectedDatagramSocket(made!);
        var status = connected.Connect(address);
        if (status == DatagramStatus.Ok)
            socket = connected;
        else
            connected.Dispose();
        return status;
    }

    /// <summary>With CAP_NET_ADMIN net.core.rmem_max and wmem_max are no limit; without it the kernel cuts to them.</summary>
    internal static void SetBuffers(Socket socket, in ListenOptions options)
    {
        if (options.ReceiveBuffer is { } receive && !TrySet(socket, SoReceiveBufferForce, receive))
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send && !TrySet(socket, SoSendBufferForce, send))
            socket.SendBufferSize = send;
    }

    private static DatagramStatus NewSocket(in DatagramAddress address, out Socket? socket)
    {
        socket = null;
        try
        {
            socket = new Socket(address.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            return DatagramStatus.Ok;
        }
        catch (SocketException e)
        {
            return DatagramError.Status(e.SocketErrorCode);
        }
    }

    private static bool TrySet(Socket socket, int option, int value)
    {
        try
        {
            socket.SetRawSocketOption(SolSocket, option, BitConverter.GetBytes(value));
            return true;
        }
        catch (SocketException)
        {
            return false; // EPERM
        }
    }
}
