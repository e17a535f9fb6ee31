using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>What the tests of datagram sockets share: the transports under test, receiving with a deadline, and a plain peer.</summary>
internal static class DatagramTesting
{
    public const string Linux = "Linux";
    public const string Managed = "Managed";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    /// <summary>Both kinds of transport; the managed one runs on every system.</summary>
    public static DatagramTransport TransportOf(string kind)
    {
        if (kind == Managed)
            return new ManagedDatagramTransport();
        if (OperatingSystem.IsLinux())
            return new LinuxDatagramTransport();
        Assert.Skip("needs Linux");
        return null!;
    }

    public static DatagramSocket Listen(string kind, string host, ListenOptions options = default) =>
        TransportOf(kind).Listen(new(IPAddress.Parse(host), 0), options);

    public static ConnectedDatagramSocket Connect(string kind, EndPoint to)
    {
        Assert.Equal(DatagramStatus.Ok, TransportOf(kind).TryConnect((IPEndPoint)to, out var socket));
        return socket!;
    }

    /// <summary>A socket of the system library on loopback.</summary>
    public static Socket Peer(string host)
    {
        var address = IPAddress.Parse(host);
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    /// <summary>The next datagram, whole.</summary>
    public static async Task<(byte[] Data, DatagramInfo Info)> ReceiveAsync(DatagramSocket socket)
    {
        var buffer = new byte[65536];
        for (;;)
        {
            Assert.Equal(DatagramStatus.Ok, await WaitAsync(socket));
            var status = socket.TryReceive(buffer, out var info);
            if (status == DatagramStatus.Ok)
                return (buffer[..info.Length], info);
            Assert.Equal(DatagramStatus.WouldBlock, status);
        }
    }

    /// <inheritdoc cref="ReceiveAsync(DatagramSocket)"/>
    public static async Task<byte[]> ReceiveAsync(ConnectedDatagramSocket socket)
    {
        var buffer = new byte[65536];
        for (;;)
        {
            Assert.Equal(DatagramStatus.Ok, await WaitAsync(socket));
            var status = socket.TryReceive(buffer, out var length);
            if (status == DatagramStatus.Ok)
                return buffer[..length];
            Assert.Equal(DatagramStatus.WouldBlock, status);
        }
    }

    /// <inheritdoc cref="ReceiveAsync(DatagramSocket)"/>
    public static async Task<(byte[] Data, IPEndPoint From)> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[65536];
        EndPoint any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var received = await socket.ReceiveFromAsync(buffer, any, TestContext.Current.CancellationToken).AsTask().WaitAsync(s_deadline);
        return (buffer[..received.ReceivedBytes], (IPEndPoint)received.RemoteEndPoint);
    }

    public static Task<DatagramStatus> WaitAsync(DatagramSocket socket) => InTime(socket.WaitAsync());

    public static Task<DatagramStatus> WaitAsync(ConnectedDatagramSocket socket) => InTime(socket.WaitAsync());

    public static Task<DatagramStatus> InTime(ValueTask<DatagramStatus> wait) =>
        wait.AsTask().WaitAsync(s_deadline, TestContext.Current.CancellationToken);

    /// <summary>Bytes that are all over the place, so that none can be missing or moved unseen.</summary>
    public static byte[] Data(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }
}
