using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>Datagrams on reactors: a listening socket for each, whatever its addresses, and a flow lives where its listener does.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxDatagramTransport(ReactorGroup reactors) : DatagramTransport
{
    private const int Inet = 2;
    private const int Inet6 = 10;
    private const int Datagram = 2;

    public override IReadOnlyList<DatagramSocket> Listen(IPEndPoint endPoint, in ListenOptions options)
    {
        List<Socket> sockets = [];
        try
        {
            // The first is bound alone, so that an address in use is an error; from then on the reactors share it.
            sockets.Add(NewSocket(endPoint, options, options.ReusePort));
            sockets[0].Bind(endPoint);
            if (reactors.All.Count > 1)
                SocketTransport.SharePort(sockets[0]);
            var bound = (IPEndPoint)sockets[0].LocalEndPoint!;
            while (sockets.Count < reactors.All.Count)
            {
                var socket = NewSocket(bound, options, reusePort: true);
                sockets.Add(socket);
                socket.Bind(bound);
            }
            return [.. sockets.Zip(reactors.All, (socket, reactor) => new LinuxDatagramSocket(reactor, socket))];
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    public override DatagramStatus TryConnect(IPEndPoint endPoint, out ConnectedDatagramSocket? socket)
    {
        socket = null;
        var address = DatagramAddress.From(endPoint);
        var descriptor = Syscalls.Socket(address.IsIPv4 ? Inet : Inet6, Datagram | Syscalls.NonBlocking | Syscalls.CloseOnExec, 0);
        if (descriptor < 0)
            return Errno.ConnectStatus(Syscalls.Error);
        SocketOptions.ReceiveErrors(descriptor, address.IsIPv4);
        var status = Connect(descriptor, address);
        if (status != DatagramStatus.Ok)
        {
            _ = Syscalls.Close(descriptor);
            return status;
        }
        var reactor = reactors.Choose();
        var made = new LinuxConnectedDatagramSocket(reactor, descriptor);
        socket = made;
        if (!reactor.IsCurrent)
        {
            reactor.Post(static socket => ((LinuxConnectedDatagramSocket)socket!).TryWatch(), made);
            return DatagramStatus.Ok;
        }
        if (made.TryWatch())
            return DatagramStatus.Ok;
        made.Dispose();
        socket = null;
        return DatagramStatus.Exhausted;
    }

    /// <summary>With CAP_NET_ADMIN net.core.rmem_max and wmem_max are no limit; without it the kernel cuts to them.</summary>
    internal static void SetBuffers(Socket socket, in ListenOptions options)
    {
        if (options.ReceiveBuffer is { } receive && !SocketOptions.TryForceReceiveBuffer(socket, receive))
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send && !SocketOptions.TryForceSendBuffer(socket, send))
            socket.SendBufferSize = send;
    }

    private static Socket NewSocket(IPEndPoint endPoint, in ListenOptions options, bool reusePort)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            var wildcard = DatagramAddress.From(endPoint).IsUnspecified;
            if (wildcard && endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            if (wildcard)
                PacketInfo.Enable(socket);
            if (reusePort)
                SocketTransport.SharePort(socket);
            SetBuffers(socket, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static DatagramStatus Connect(int descriptor, in DatagramAddress address)
    {
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var family = address.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var length = SockAddr.Write(address, new(name, DatagramAddress.MaxSize), family);
        return Syscalls.Connect(descriptor, name, (uint)length) == 0 ? DatagramStatus.Ok : Errno.ConnectStatus(Syscalls.Error);
    }
}
