using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>Datagrams on reactors: a listening socket for each, whatever its addresses, and a flow lives where its listener does.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDatagramTransport(ReactorGroup reactors) : DatagramTransport
{
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

    public override int DescriptorsAt(IPEndPoint endPoint) => reactors.All.Count;

    public override DatagramStatus TryConnect(IPEndPoint endPoint, in DialOptions options, out ConnectedDatagramSocket? socket)
    {
        socket = null;
        var address = DatagramAddress.From(endPoint);
        var status = TryCreate(reactors.Choose(), address.IsIPv4, options, out var made);
        if (status == DatagramStatus.Ok)
            status = made!.Connect(address);
        if (status == DatagramStatus.Ok)
            socket = made;
        else
            made?.Dispose();
        return status;
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
                socket.DualMode = !options.IPv6Only;
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

    private static DatagramStatus TryCreate(Reactor reactor, bool isIPv4, in DialOptions options, out LinuxConnectedDatagramSocket? socket)
    {
        if (reactor.IsCurrent && reactor.DatagramSockets.TryRent(isIPv4, options, out var descriptor, out var slot))
        {
            socket = new(reactor, descriptor, isIPv4, options, slot);
            return DatagramStatus.Ok;
        }
        socket = null;
        if (!reactor.DatagramSockets.TryCreate(isIPv4, options, out descriptor, out var error))
            return DatagramErrno.ConnectStatus(error);
        socket = new(reactor, descriptor, isIPv4, options);
        return socket.TryWatch() ? DatagramStatus.Ok : DatagramStatus.Exhausted;
    }
}
