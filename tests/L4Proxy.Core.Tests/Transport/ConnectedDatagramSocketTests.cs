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
        var receiving = socket.RunAsync();
        foreach (var length in (int[])[0, 1, 1472, 9000, Longest, 0])
        {
            Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(length)));
            var (data, from) = await ReceiveAsync(destination);
            Assert.Equal(Data(length), data);
            destination.SendTo(data, from);
            Assert.Equal(Data(length), await socket.ReceiveAsync());
        }
        Assert.False(receiving.IsCompleted);
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
    public async Task Burst_of_120_answers_is_kept_whole_while_nobody_receives(string kind)
    {
        Assert.Equal(120, await ReceivedOfBurstAsync(kind, default));
        Assert.InRange(await ReceivedOfBurstAsync(kind, default(DialOptions) with { ReceiveBuffer = 16384 }), 1, 60);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Stranger_is_not_heard(string kind)
    {
        using var destination = Peer("127.0.0.1");
        using var stranger = Peer("127.0.0.1");
        using var socket = Connect(kind, destination.LocalEndPoint!);
        _ = socket.RunAsync();
        socket.TrySend(Data(1));
        var (_, from) = await ReceiveAsync(destination);
        stranger.SendTo(Data(20), from);
        destination.SendTo(Data(10), from);
        Assert.Equal(Data(10), await socket.ReceiveAsync());
        Assert.True(socket.IsEmpty);
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
    public async Task Port_that_nobody_listens_on_ends_receiving(string kind, string host)
    {
        using var socket = Connect(kind, ClosedPort(host));
        var receiving = socket.RunAsync();
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        Assert.Equal(DatagramStatus.Refused, await receiving);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Port_that_nobody_listens_on_is_told_to_the_next_send_or_receive(string kind)
    {
        using var socket = Connect(kind, ClosedPort("127.0.0.1"));
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        Assert.Equal(DatagramStatus.Refused, await OtherThan(DatagramStatus.Ok, () => socket.TrySend(Data(1))));
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1)));
        Assert.Equal(DatagramStatus.Refused, await socket.RunAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Destination_that_comes_back_is_heard_on_the_same_socket(string kind)
    {
        var address = ClosedPort("127.0.0.1");
        using var socket = Connect(kind, address);
        socket.TrySend(Data(1));
        Assert.Equal(DatagramStatus.Refused, await socket.RunAsync());
        _ = socket.RunAsync();
        using var destination = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        destination.Bind(address);
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(10)));
        var (data, from) = await ReceiveAsync(destination);
        destination.SendTo(data, from);
        Assert.Equal(Data(10), await socket.ReceiveAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_ends_receiving_and_everything_after_it(string kind)
    {
        using var destination = Peer("127.0.0.1");
        var socket = Connect(kind, destination.LocalEndPoint!);
        var receiving = socket.RunAsync();
        Assert.False(receiving.IsCompleted);
        socket.Dispose();
        Assert.Equal(DatagramStatus.Closed, await receiving);
        socket.Dispose();
        Assert.Equal(DatagramStatus.Closed, await socket.RunAsync());
        Assert.Equal(DatagramStatus.Closed, socket.TrySend(Data(1)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Destination_that_cannot_be_one_is_a_status(string kind)
    {
        // The IPv6 documentation prefix has no route, nor has class E; which status that is depends on this machine's routes.
        var status = TransportOf(kind).TryConnect(new(IPAddress.Broadcast, 9), default, out var socket);
        Assert.NotEqual(DatagramStatus.Ok, status);
        Assert.Null(socket);
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

    private static async Task<int> ReceivedOfBurstAsync(string kind, DialOptions options)
    {
        using var destination = Peer("127.0.0.1");
        Assert.Equal(DatagramStatus.Ok, TransportOf(kind).TryConnect((IPEndPoint)destination.LocalEndPoint!, options, out var made));
        using var socket = new FlowSocket(made!);
        socket.TrySend("question"u8);
        var (_, flow) = await ReceiveAsync(destination);
        for (var i = 0; i < 120; i++)
            destination.SendTo(Data(1200), flow);
        _ = socket.RunAsync();
        var count = 0;
        for (; count == 0 || !socket.IsEmpty; count++)
            await socket.ReceiveAsync();
        destination.SendTo("last"u8, flow);
        while ((await socket.ReceiveAsync()).Length == 1200)
            count++;
        return count;
    }
}
