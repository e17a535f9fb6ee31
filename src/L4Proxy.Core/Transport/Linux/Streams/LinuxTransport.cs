using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>The transport for Linux: a connection and the one it is relayed to live on one reactor, and never wait for another thread.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTransport(ReactorGroup reactors) : SocketTransport
{
    private const int Stream = 1;
    private const int Unix = 1;
    private const int Inet = 2;
    private const int Inet6 = 10;

    public override IReadOnlyList<TransportListener> Listen(Socket bound, int backlog)
    {
        List<Socket> sockets = [bound];
        try
        {
            if (bound.LocalEndPoint is IPEndPoint address && reactors.All.Count > 1)
                BindOthers(sockets, address);
            foreach (var socket in sockets)
                StartListening(socket, backlog);
            return [.. sockets.Zip(reactors.All, (socket, reactor) => new LinuxListener(reactor, socket))];
        }
        catch
        {
            sockets.Skip(1).ToList().ForEach(socket => socket.Dispose());
            throw;
        }
    }

    public override int DescriptorsAt(EndPoint endPoint) => endPoint is IPEndPoint ? reactors.All.Count : 1;

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options)
    {
        var family = endPoint.AddressFamily switch
        {
            AddressFamily.InterNetwork => Inet,
            AddressFamily.InterNetworkV6 => Inet6,
            _ => Unix,
        };
        var descriptor = Syscalls.Socket(family, Stream | Syscalls.NonBlocking | Syscalls.CloseOnExec, 0);
        if (descriptor < 0)
            throw StreamErrno.Exception(Syscalls.Error);
        SocketOptions.SetBuffers(descriptor, options.ReceiveBuffer, options.SendBuffer);
        if (family != Unix)
            SocketOptions.SetNoDelay(descriptor);
        if (family != Unix && options.UserTimeout > TimeSpan.Zero)
            SocketOptions.SetUserTimeout(descriptor, options.UserTimeout);
        if (options.From?.NextFor(endPoint.AddressFamily) is { } source && !SourceAddress.TryBind(descriptor, source))
        {
            var error = Syscalls.Error;
            _ = Syscalls.Close(descriptor);
            throw StreamErrno.Exception(error);
        }
        return new LinuxConnection(reactors.Choose(), descriptor);
    }

    /// <summary>The first was bound alone, so that an address in use is an error; from now on the reactors share it.</summary>
    private void BindOthers(List<Socket> sockets, IPEndPoint address)
    {
        SharePort(sockets[0]);
        while (sockets.Count < reactors.All.Count)
        {
            var socket = TcpOptions.NewSocket(address);
            sockets.Add(socket);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = sockets[0].DualMode;
            SharePort(socket);
            socket.Bind(address);
        }
    }

    private static void StartListening(Socket socket, int backlog)
    {
        const int setFlags = 4;
        socket.Listen(backlog);
        _ = Syscalls.Control((int)socket.SafeHandle.DangerousGetHandle(), setFlags, Syscalls.NonBlocking);
    }
}
