using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>What a flow's socket on Linux hears from routers, hosts and its own machine's routes.</summary>
public class UnreachableDestinationTests
{
    [Theory]
    [InlineData(0, nameof(DatagramStatus.Unreachable))] // network
    [InlineData(1, nameof(DatagramStatus.Unreachable))] // host
    [InlineData(2, nameof(DatagramStatus.Unreachable))] // protocol
    [InlineData(3, nameof(DatagramStatus.Refused))]
    [InlineData(13, nameof(DatagramStatus.Unreachable))] // prohibited by a filter
    public async Task Icmp_error_ends_receiving(byte code, string expected)
    {
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(Linux, destination.LocalEndPoint!);
        var own = await AddressOf(socket, destination);
        var receiving = socket.RunAsync();
        Assert.False(receiving.IsCompleted);
        ForgedIcmp.Send(code, own, (IPEndPoint)destination.LocalEndPoint!);
        Assert.Equal(expected, (await receiving).ToString());
        _ = socket.RunAsync();
        destination.SendTo(Data(10), own);
        Assert.Equal(Data(10), await socket.ReceiveAsync());
    }

    /// <summary>The next datagram is cut into fragments; the socket works as before.</summary>
    [Fact]
    public async Task Narrower_path_ends_nothing()
    {
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(Linux, destination.LocalEndPoint!);
        var own = await AddressOf(socket, destination);
        var receiving = socket.RunAsync();
        for (var i = 0; i < 10; i++)
            ForgedIcmp.Send(4, own, (IPEndPoint)destination.LocalEndPoint!);
        destination.SendTo(Data(20), own);
        Assert.Equal(Data(20), await socket.ReceiveAsync());
        ForgedIcmp.Send(4, own, (IPEndPoint)destination.LocalEndPoint!);
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(10)));
        Assert.Equal(Data(10), (await ReceiveAsync(destination)).Data);
        Assert.False(receiving.IsCompleted);
    }

    /// <summary>The kernel keeps each error's packet in the receive buffer until it is fetched.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public async Task Errors_do_not_fill_the_receive_buffer(byte code, bool isReceiving)
    {
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(Linux, destination.LocalEndPoint!);
        var own = await AddressOf(socket, destination);
        var receiving = Task.FromResult(DatagramStatus.Ok);
        for (var i = 0; i < 1000; i++)
        {
            if (isReceiving && receiving.IsCompleted)
                receiving = socket.RunAsync();
            ForgedIcmp.Send(code, own, (IPEndPoint)destination.LocalEndPoint!);
            if (!isReceiving)
                socket.TrySend(Data(1));
            else if (code != 4)
                Assert.Equal(DatagramStatus.Unreachable, await receiving);
            else if (i % 50 == 49)
                await CatchUpAsync(socket, destination, own);
        }
        if (!isReceiving || receiving.IsCompleted)
            _ = socket.RunAsync();
        for (var i = 0; i < 20; i++)
            destination.SendTo(Data(1000), own);
        for (var i = 0; i < 20; i++)
            Assert.Equal(Data(1000), await socket.ReceiveAsync());
    }

    [Fact]
    public async Task Host_that_is_switched_off_ends_receiving()
    {
        using var network = NetworkNamespace.Create(31);
        var off = new IPEndPoint(network.Here.MapToIPv4(), 9);
        var bytes = off.Address.GetAddressBytes();
        bytes[3] = 77;
        off.Address = new(bytes);
        using var socket = network.Enter(() => Connect(Linux, off));
        var receiving = socket.RunAsync();
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(10)));
        // ARP asks three times, a second apart.
        Assert.Equal(DatagramStatus.Unreachable, await receiving);
    }

    [Theory]
    [InlineData(Linux)]
    [InlineData(Managed)]
    public void Network_without_a_route_is_a_status(string kind)
    {
        using var network = NetworkNamespace.Create(kind == Linux ? 32 : 33);
        foreach (var host in (string[])["192.0.2.1", "2001:db8::1"])
        {
            var (status, socket) = network.Enter(() =>
                (TransportOf(kind).TryConnect(new(IPAddress.Parse(host), 9), default, out var made), made));
            Assert.Equal(DatagramStatus.Unreachable, status);
            Assert.Null(socket);
        }
    }

    private static async Task CatchUpAsync(FlowSocket socket, Socket destination, IPEndPoint own)
    {
        destination.SendTo(Data(1), own);
        Assert.Equal(Data(1), await socket.ReceiveAsync());
    }

    private static async Task<IPEndPoint> AddressOf(FlowSocket socket, Socket destination)
    {
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        return (await ReceiveAsync(destination)).From;
    }
}
