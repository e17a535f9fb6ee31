using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>The transport for any operating system: <see cref="Socket"/>, 64 KiB pooled buffers, zero-byte waits.</summary>
internal sealed class ManagedTransport : SocketTransport
{
    // SO_REUSEPORT has no name in .NET, and SO_REUSEADDR alone does not let two listeners share a port.
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    public override TransportListener Listen(EndPoint endPoint, in ListenOptions options)
    {
        UnixSocketFile.RemoveIfDead(endPoint);
        var socket = NewSocket(endPoint);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } v6)
                socket.DualMode = v6.Address.Equals(IPAddress.IPv6Any);
            if (options.ReusePort && OperatingSystem.IsLinux())
                socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            Apply(socket, options);
            socket.Bind(endPoint);
            socket.Listen(options.Backlog);
            return new ManagedListener(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options)
    {
        var socket = NewSocket(endPoint);
        SetTcp(socket, options.KeepAlive);
        return new ManagedConnection(socket);
    }

    /// <summary>Sets what accepted sockets inherit from the listening one (Linux, BSD and Windows all do).</summary>
    internal static void Apply(Socket socket, in ListenOptions options)
    {
        if (options.ReceiveBuffer is { } receive)
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
        SetTcp(socket, options.KeepAlive);
    }

    private static Socket NewSocket(EndPoint endPoint) =>
        new(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);

    private static void SetTcp(Socket socket, TimeSpan keepAlive)
    {
        if (socket.ProtocolType != ProtocolType.Tcp)
            return;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, keepAlive > TimeSpan.Zero);
        if (keepAlive <= TimeSpan.Zero)
            return;
        // A silent peer is given up after the idle time and six probes a sixth of it apart: twice the time in all.
        var seconds = Math.Max(1, (int)keepAlive.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / 6));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 6);
    }
}
