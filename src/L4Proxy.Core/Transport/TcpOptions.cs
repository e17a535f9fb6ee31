using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport;

/// <summary>Sets a <see cref="Socket"/> up for streams.</summary>
internal static class TcpOptions
{
    public static Socket NewSocket(EndPoint endPoint) =>
        new(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);

    /// <summary>Sets what accepted sockets inherit from the listening one (Linux, BSD and Windows all do).</summary>
    public static void Apply(Socket socket, in ListenOptions options)
    {
        if (options.ReceiveBuffer is { } receive)
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
        Apply(socket, options.KeepAlive);
    }

    /// <summary>Sets up a socket to dial with. The buffers come first: TCP's window is agreed on when connecting.</summary>
    public static void Apply(Socket socket, in DialOptions options)
    {
        if (options.ReceiveBuffer is { } receive)
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
        Apply(socket, options.KeepAlive);
    }

    /// <summary>Small writes go out at once, and a peer that has vanished is noticed.</summary>
    public static void Apply(Socket socket, TimeSpan keepAlive)
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
