using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport.Linux;

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
        if (socket.ProtocolType != ProtocolType.Tcp)
            return;
        socket.NoDelay = true;
        if (options.KeepAlive > TimeSpan.Zero)
            SetKeepAlive(socket, options.KeepAlive);
        else
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, false);
    }

    /// <summary>Sets up a socket to dial with. The buffers come first: TCP's window is agreed on when connecting.</summary>
    public static void Apply(Socket socket, in DialOptions options)
    {
        if (options.ReceiveBuffer is { } receive)
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
        if (socket.ProtocolType != ProtocolType.Tcp)
            return;
        socket.NoDelay = true;
        if (options.UserTimeout > TimeSpan.Zero && OperatingSystem.IsLinux())
            SocketOptions.SetUserTimeout(socket, options.UserTimeout);
    }

    /// <summary>Probes a peer that is silent for so long: one that has vanished is noticed.</summary>
    public static void SetKeepAlive(Socket socket, TimeSpan time)
    {
        // A silent peer is given up after the idle time and six probes a sixth of it apart: twice the time in all.
        var seconds = Math.Max(1, (int)time.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / 6));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 6);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }
}
