using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>Listening sockets for datagrams, of both kinds, on real sockets.</summary>
public class DatagramSocketTests
{
    /// <summary>The longest that IPv4 carries: 65535 less the headers of IP and UDP.</summary>
    private const int Longest = 65507;

    public static TheoryData<string> Kinds => [Linux, Managed];

    /// <summary>Transport, where it listens, where the client is.</summary>
    public static TheoryData<string, string, string> Listeners
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var kind in (string[])[Linux, Managed])
            {
                data.Add(kind, "127.0.0.1", "127.0.0.1");
                data.Add(kind, "0.0.0.0", "127.0.0.1");
                data.Add(kind, "::1", "::1");
                data.Add(kind, "::", "::1");
                data.Add(kind, "::", "127.0.0.1");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Listeners))]
    public async Task Datagram_and_its_answer_say_where_they_come_from_and_go_to(string kind, string at, string host)
    {
        using var socket = Listen(kind, at);
        using var client = Peer(host);
        var asked = new IPEndPoint(IPAddress.Parse(host), socket.LocalEndPoint.Port);
        client.SendTo(Data(100), asked);
        var (data, info) = await ReceiveAsync(socket);
        Assert.Equal(Data(100), data);
        Assert.False(info.Truncated);
        Assert.Equal(client.LocalEndPoint, info.Client.ToIPEndPoint());
        Assert.Equal(asked, info.Local.ToIPEndPoint());
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(50), info.Client, info.Local));
        var answer = await ReceiveAsync(client);
        Assert.Equal(Data(50), answer.Data);
        Assert.Equal(asked, answer.From);
    }

    [Theory]
    [MemberData(nameof(Listeners))]
    public async Task Datagrams_of_every_length_arrive_whole(string kind, string at, string host)
    {
        using var socket = Listen(kind, at);
        using var client = Peer(host);
        foreach (var length in (int[])[0, 1, 1472, 9000, Longest, 0])
        {
            client.SendTo(Data(length), new IPEndPoint(IPAddress.Parse(host), socket.LocalEndPoint.Port));
            var (data, info) = await ReceiveAsync(socket);
            Assert.Equal(length, info.Length);
            Assert.Equal(Data(length), data);
            Assert.Equal(DatagramStatus.Ok, socket.TrySend(data, info.Client, info.Local));
            Assert.Equal(Data(length), (await ReceiveAsync(client)).Data);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Empty_datagram_may_be_sent_from_no_buffer_at_all(string kind)
    {
        using var socket = Listen(kind, "127.0.0.1");
        using var client = Peer("127.0.0.1");
        Assert.Equal(DatagramStatus.Ok, socket.TrySend(default, DatagramAddress.From((IPEndPoint)client.LocalEndPoint!), default));
        Assert.Empty((await ReceiveAsync(client)).Data);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Datagram_that_was_cut_says_how_long_it_was(string kind)
    {
        using var socket = Listen(kind, "127.0.0.1");
        using var client = Peer("127.0.0.1");
        client.SendTo(Data(3000), socket.LocalEndPoint);
        client.SendTo(Data(1000), socket.LocalEndPoint);
        await WaitAsync(socket);
        var buffer = new byte[1000];
        Assert.Equal(DatagramStatus.Ok, socket.TryReceive(buffer, out var info));
        Assert.Equal((3000, true), (info.Length, info.Truncated));
        Assert.Equal(Data(3000)[..1000], buffer);
        Assert.Equal(DatagramStatus.Ok, socket.TryReceive(buffer, out info));
        Assert.Equal((1000, false), (info.Length, info.Truncated));
        Assert.Equal(Data(1000), buffer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Datagram_too_long_to_send_is_a_status(string kind)
    {
        using var socket = Listen(kind, "127.0.0.1");
        using var client = Peer("127.0.0.1");
        var to = DatagramAddress.From((IPEndPoint)client.LocalEndPoint!);
        Assert.Equal(DatagramStatus.TooLarge, socket.TrySend(Data(Longest + 1), to, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Address_of_the_other_family_is_a_status(string kind)
    {
        using var socket = Listen(kind, "0.0.0.0");
        var to = DatagramAddress.From(new(IPAddress.IPv6Loopback, 9));
        Assert.Equal(DatagramStatus.Failed, socket.TrySend(Data(1), to, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_to_receive_is_a_status(string kind)
    {
        using var socket = Listen(kind, "::");
        Assert.Equal(DatagramStatus.WouldBlock, socket.TryReceive(new byte[65536], out var info));
        Assert.Equal(default, info);
    }

    /// <summary>What is under the wait is edge-triggered: it must see what was left as well as what comes.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Wait_sees_what_was_left_and_what_comes(string kind)
    {
        using var socket = Listen(kind, "::");
        using var client = Peer("127.0.0.1");
        var to = new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port);
        for (var round = 0; round < 300; round++)
        {
            var waiting = WaitAsync(socket);
            for (var i = 0; i < 5; i++)
                client.SendTo([(byte)i], to);
            Assert.Equal(DatagramStatus.Ok, await waiting);
            for (var i = 0; i < 5; i++)
                Assert.Equal([(byte)i], (await ReceiveAsync(socket)).Data);
            if (round % 2 == 0)
                Assert.Equal(DatagramStatus.WouldBlock, socket.TryReceive(new byte[65536], out _));
        }
    }

    /// <summary>The answer to a port that is closed comes back as ICMP: that is no error of the listener's.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Client_that_is_gone_disturbs_no_other(string kind)
    {
        using var socket = Listen(kind, "::");
        using var client = Peer("127.0.0.1");
        var to = new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port);
        for (var i = 0; i < 20; i++)
        {
            var gone = Peer("127.0.0.1");
            gone.SendTo(Data(1), to);
            var (_, info) = await ReceiveAsync(socket);
            gone.Dispose();
            var waiting = WaitAsync(socket);
            Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1), info.Client, info.Local));
            Assert.Equal(DatagramStatus.Ok, socket.TrySend(Data(1), info.Client, info.Local));
            client.SendTo(Data(10), to);
            Assert.Equal(DatagramStatus.Ok, await waiting);
            Assert.Equal(Data(10), (await ReceiveAsync(socket)).Data);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_ends_the_wait_and_everything_after_it(string kind)
    {
        var socket = Listen(kind, "::");
        var waiting = WaitAsync(socket);
        Assert.False(waiting.IsCompleted);
        socket.Dispose();
        Assert.Equal(DatagramStatus.Closed, await waiting);
        socket.Dispose();
        Assert.Equal(DatagramStatus.Closed, await WaitAsync(socket));
        Assert.NotEqual(DatagramStatus.Ok, socket.TryReceive(new byte[65536], out _));
        var to = DatagramAddress.From(new(IPAddress.Loopback, 9));
        Assert.Equal(DatagramStatus.Closed, socket.TrySend(Data(1), to, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_frees_the_port_at_once(string kind)
    {
        // Another test may be given the port meanwhile, but not again and again.
        var freed = 0;
        for (var i = 0; i < 5; i++)
        {
            var socket = Listen(kind, "::");
            var waiting = WaitAsync(socket);
            socket.Dispose();
            if (Record.Exception(() => TransportOf(kind).Listen(socket.LocalEndPoint, default).Dispose()) is null)
                freed++;
            Assert.Equal(DatagramStatus.Closed, await waiting);
        }
        Assert.InRange(freed, 4, 5);
    }

    [Theory]
    [InlineData(Linux, "0.0.0.0", "0.0.0.0")]
    [InlineData(Linux, "0.0.0.0", "::")]
    [InlineData(Linux, "127.0.0.1", "::")]
    [InlineData(Linux, "::1", "::")]
    [InlineData(Managed, "0.0.0.0", "0.0.0.0")]
    [InlineData(Managed, "127.0.0.1", "::")]
    [InlineData(Managed, "::1", "::")]
    public void Port_of_another_is_an_error(string kind, string other, string host)
    {
        using var owner = Peer(other);
        var port = ((IPEndPoint)owner.LocalEndPoint!).Port;
        var error = Assert.Throws<SocketException>(() => TransportOf(kind).Listen(new(IPAddress.Parse(host), port), default));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Address_of_another_host_is_an_error(string kind)
    {
        var error = Assert.Throws<SocketException>(() => TransportOf(kind).Listen(new(IPAddress.Parse("192.0.2.1"), 0), default));
        Assert.Equal(SocketError.AddressNotAvailable, error.SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Port_may_be_shared_when_both_say_so(string kind)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("SO_REUSEPORT balances on Linux only");
        var shared = default(ListenOptions) with { ReusePort = true };
        using var one = Listen(kind, "::", shared);
        using var other = TransportOf(kind).Listen(one.LocalEndPoint, shared);
        Assert.Throws<SocketException>(() => TransportOf(kind).Listen(one.LocalEndPoint, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receive_buffer_holds_what_was_asked_for(string kind)
    {
        // Unread datagrams of 8 KiB: about twelve fit into 100 KiB, hundreds into 4 MiB.
        Assert.InRange(Held(100 * 1024), 3, 100);
        Assert.InRange(Held(4 * 1024 * 1024), 200, 1000);

        int Held(int bytes)
        {
            using var socket = Listen(kind, "127.0.0.1");
            socket.Update(default(ListenOptions) with { ReceiveBuffer = bytes });
            using var client = Peer("127.0.0.1");
            for (var i = 0; i < 1000; i++)
                client.SendTo(Data(8192), socket.LocalEndPoint);
            var held = 0;
            while (socket.TryReceive(new byte[65536], out _) == DatagramStatus.Ok)
                held++;
            return held;
        }
    }

    [Fact]
    public void Datagram_allocates_nothing()
    {
        const int WarmUp = 100; // The first calls bind to the C library.
        using var socket = Listen(Linux, "::");
        using var client = Peer("127.0.0.1");
        var to = new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port).Serialize();
        var buffer = new byte[65536];
        var data = Data(100);
        var ok = true;
        long allocated = 0;
        for (var i = 0; i < 2000; i++)
        {
            client.SendTo(data, SocketFlags.None, to);
            var before = GC.GetAllocatedBytesForCurrentThread();
            ok &= socket.TryReceive(buffer, out var info) == DatagramStatus.Ok;
            ok &= socket.TryReceive(buffer, out _) == DatagramStatus.WouldBlock;
            ok &= socket.TrySend(buffer.AsSpan(0, info.Length), info.Client, info.Local) == DatagramStatus.Ok;
            allocated += i < WarmUp ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            ok &= client.Receive(buffer) == 100;
        }

        Assert.True(ok);
        Assert.Equal(0, allocated);
    }
}
