using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>A flow's socket to its destination, of both kinds, on real sockets.</summary>
public class ConnectedDatagramSocketTests
{
    private const int Longest = 65507;

    public static TheoryData<string> Kinds => [Linux, Managed];

    [Theory]
    [InlineData(Linux, "127.0.0.1")]
    [InlineData(Linux, "::1")]
    [InlineData(Managed, "127.0.0.1")]
    [InlineData(Managed, "::1")]
    public async Task Datagrams_of_every_length_go_both_ways_whole(string kind, string host)
    {
        using var destination = Peer(host);
        using var socket = Connect(kind, destination.LocalEndPoint!);
        foreach (var length in (int[])[0, 1, 1472, 9000, Longest, 0])
        {
            Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(length)));
            var (data, from) = await ReceiveAsync(destination);
            Assert.Equal(Data(length), data);
            destination.SendTo(data, from);
            Assert.Equal(Data(length), await ReceiveAsync(socket));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Empty_datagram_may_be_sent_from_no_buffer_at_all(string kind)
    {
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(kind, destination.LocalEndPoint!);
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(default));
        Assert.Empty((await ReceiveAsync(destination)).Data);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Stranger_is_not_heard(string kind)
    {
        using var destination = Peer("127.0.0.1");
        using var stranger = Peer("127.0.0.1");
        using var socket = Connect(kind, destination.LocalEndPoint!);
        socket.TrySend(Data(1));
        var (_, from) = await ReceiveAsync(destination);
        stranger.SendTo(Data(20), from);
        destination.SendTo(Data(10), from);
        Assert.Equal(Data(10), await ReceiveAsync(socket));
        Assert.Equal(DatagramStatus.WouldBlock, socket.TryReceive(new byte[65536], out _));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Datagram_that_was_cut_says_how_long_it_was(string kind)
    {
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(kind, destination.LocalEndPoint!);
        socket.TrySend(Data(1));
        var (_, from) = await ReceiveAsync(destination);
        destination.SendTo(Data(3000), from);
        destination.SendTo(Data(1000), from);
        await WaitAsync(socket);
        var buffer = new byte[1000];
        Assert.Equal(DatagramStatus.Ok, socket.TryReceive(buffer, out var length));
        Assert.Equal(3000, length);
        Assert.Equal(Data(3000)[..1000], buffer);
        Assert.Equal(DatagramStatus.Ok, socket.TryReceive(buffer, out length));
        Assert.Equal(1000, length);
        Assert.Equal(Data(1000), buffer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Datagram_too_long_to_send_is_a_status(string kind)
    {
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(kind, destination.LocalEndPoint!);
        Assert.Equal(DatagramStatus.TooLarge, socket.TrySend(Data(Longest + 1)));
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
    }

    [Theory]
    [InlineData(Linux, "127.0.0.1")]
    [InlineData(Linux, "::1")]
    [InlineData(Managed, "127.0.0.1")]
    [InlineData(Managed, "::1")]
    public async Task Port_that_nobody_listens_on_ends_the_wait(string kind, string host)
    {
        using var socket = Connect(kind, ClosedPort(host));
        var waiting = WaitAsync(socket);
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        Assert.Equal(DatagramStatus.Refused, await waiting);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Port_that_nobody_listens_on_is_told_to_the_next_receive_or_send(string kind)
    {
        using var socket = Connect(kind, ClosedPort("127.0.0.1"));
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        Assert.Equal(DatagramStatus.Refused, await OtherThan(DatagramStatus.WouldBlock, () => socket.TryReceive(new byte[65536], out _)));
        Assert.Equal(DatagramStatus.WouldBlock, socket.TryReceive(new byte[65536], out _));
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        Assert.Equal(DatagramStatus.Refused, await OtherThan(DatagramStatus.Ok, () => socket.TrySend(Data(1))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Destination_that_comes_back_is_heard_on_the_same_socket(string kind)
    {
        var address = ClosedPort("127.0.0.1");
        using var socket = Connect(kind, address);
        socket.TrySend(Data(1));
        Assert.Equal(DatagramStatus.Refused, await WaitAsync(socket));
        using var destination = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        destination.Bind(address);
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(10)));
        var (data, from) = await ReceiveAsync(destination);
        destination.SendTo(data, from);
        Assert.Equal(Data(10), await ReceiveAsync(socket));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_ends_the_wait_and_everything_after_it(string kind)
    {
        using var destination = Peer("127.0.0.1");
        var socket = Connect(kind, destination.LocalEndPoint!);
        var waiting = WaitAsync(socket);
        Assert.False(waiting.IsCompleted);
        socket.Dispose();
        Assert.Equal(DatagramStatus.Closed, await waiting);
        socket.Dispose();
        Assert.Equal(DatagramStatus.Closed, await WaitAsync(socket));
        Assert.Equal(DatagramStatus.Closed, socket.TryReceive(new byte[65536], out _));
        Assert.Equal(DatagramStatus.Closed, socket.TrySend(Data(1)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Destination_that_cannot_be_one_is_a_status(string kind)
    {
        // The IPv6 documentation prefix has no route, nor has class E; which status that is depends on this machine's routes.
        var status = TransportOf(kind).TryConnect(new(IPAddress.Broadcast, 9), out var socket);
        Assert.NotEqual(DatagramStatus.Ok, status);
        Assert.Null(socket);
    }

    [Fact]
    public void Datagram_allocates_nothing()
    {
        const int WarmUp = 100; // The first calls bind to the C library.
        using var destination = Peer("127.0.0.1");
        using var socket = Connect(Linux, destination.LocalEndPoint!);
        var from = new SocketAddress(AddressFamily.InterNetwork);
        var buffer = new byte[65536];
        var data = Data(100);
        var ok = true;
        long allocated = 0;
        for (var i = 0; i < 2000; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ok &= socket.TrySend(data) == DatagramStatus.Ok;
            allocated += i < WarmUp ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            ok &= destination.ReceiveFrom(buffer, SocketFlags.None, from) == 100;
            destination.SendTo(data, SocketFlags.None, from);
            before = GC.GetAllocatedBytesForCurrentThread();
            ok &= socket.TryReceive(buffer, out var length) == DatagramStatus.Ok && length == 100;
            ok &= socket.TryReceive(buffer, out _) == DatagramStatus.WouldBlock;
            allocated += i < WarmUp ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(ok);
        Assert.Equal(0, allocated);
    }

    /// <summary>ICMP may be a while on a busy machine.</summary>
    private static async Task<DatagramStatus> OtherThan(DatagramStatus before, Func<DatagramStatus> ask)
    {
        for (var begun = Stopwatch.StartNew(); begun.Elapsed < TimeSpan.FromSeconds(10);)
        {
            if (ask() is var status && status != before)
                return status;
            await Task.Yield();
        }
        return before;
    }

    /// <summary>IPv4's is of an address that no other test uses, so that none takes the port meanwhile.</summary>
    private static IPEndPoint ClosedPort(string host)
    {
        using var socket = Peer(host == "127.0.0.1" ? "127.77.0.1" : host);
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
