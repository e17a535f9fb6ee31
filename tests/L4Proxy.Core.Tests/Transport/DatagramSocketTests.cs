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
        await using var socket = Listen(kind, at);
        using var client = Peer(host);
        var asked = new IPEndPoint(IPAddress.Parse(host), socket.LocalEndPoint.Port);
        client.SendTo(Data(100), asked);
        var (data, info) = await socket.ReceiveAsync();
        Assert.Equal(Data(100), data);
        Assert.Equal(client.LocalEndPoint, info.Client.ToIPEndPoint());
        Assert.Equal(asked, info.Local.ToIPEndPoint());
        Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(Data(50), info.Client, info.Local));
        var answer = await ReceiveAsync(client);
        Assert.Equal(Data(50), answer.Data);
        Assert.Equal(asked, answer.From);
    }

    [Theory]
    [MemberData(nameof(Listeners))]
    public async Task Datagrams_of_every_length_arrive_whole(string kind, string at, string host)
    {
        await using var socket = Listen(kind, at);
        using var client = Peer(host);
        foreach (var length in (int[])[0, 1, 1472, 9000, Longest, 0])
        {
            client.SendTo(Data(length), new IPEndPoint(IPAddress.Parse(host), socket.LocalEndPoint.Port));
            var (data, info) = await socket.ReceiveAsync();
            Assert.Equal(Data(length), data);
            Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(data, info.Client, info.Local));
            Assert.Equal(Data(length), (await ReceiveAsync(client)).Data);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Empty_datagram_may_be_sent_from_no_buffer_at_all(string kind)
    {
        await using var socket = Listen(kind, "127.0.0.1");
        using var client = Peer("127.0.0.1");
        Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(default, DatagramAddress.From((IPEndPoint)client.LocalEndPoint!), default));
        Assert.Empty((await ReceiveAsync(client)).Data);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Datagram_too_long_to_send_is_a_status(string kind)
    {
        await using var socket = Listen(kind, "127.0.0.1");
        using var client = Peer("127.0.0.1");
        var to = DatagramAddress.From((IPEndPoint)client.LocalEndPoint!);
        Assert.Equal(DatagramStatus.TooLarge, await socket.SendAsync(Data(Longest + 1), to, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Address_of_the_other_family_is_a_status(string kind)
    {
        await using var socket = Listen(kind, "0.0.0.0");
        var to = DatagramAddress.From(new(IPAddress.IPv6Loopback, 9));
        Assert.Equal(DatagramStatus.Failed, await socket.SendAsync(Data(1), to, default));
    }

    /// <summary>What is under it is edge-triggered: it must see what was left as well as what comes.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nothing_is_forgotten_in_bursts_of_every_size(string kind)
    {
        await using var socket = Listen(kind, "::");
        using var client = Peer("127.0.0.1");
        var to = new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port);
        for (var round = 0; round < 300; round++)
        {
            for (var i = 0; i < round % 70; i++)
                client.SendTo([(byte)i], to);
            for (var i = 0; i < round % 70; i++)
                Assert.Equal([(byte)i], (await socket.ReceiveAsync()).Data);
        }
    }

    /// <summary>The answer to a port that is closed comes back as ICMP: that is no error of the listener's.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Client_that_is_gone_disturbs_no_other(string kind)
    {
        await using var socket = Listen(kind, "::");
        using var client = Peer("127.0.0.1");
        var to = new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port);
        for (var i = 0; i < 20; i++)
        {
            var gone = Peer("127.0.0.1");
            gone.SendTo(Data(1), to);
            var (_, info) = await socket.ReceiveAsync();
            gone.Dispose();
            Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(Data(1), info.Client, info.Local));
            Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(Data(1), info.Client, info.Local));
            client.SendTo(Data(10), to);
            Assert.Equal(Data(10), (await socket.ReceiveAsync()).Data);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_ends_receiving_and_everything_after_it(string kind)
    {
        var socket = Listen(kind, "::");
        Assert.False(socket.Ended.IsCompleted);
        await socket.DisposeAsync();
        await socket.Ended.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await socket.DisposeAsync();
        var to = DatagramAddress.From(new(IPAddress.Loopback, 9));
        Assert.Equal(DatagramStatus.Closed, await socket.SendAsync(Data(1), to, default));
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
            await socket.DisposeAsync();
            if (await Record.ExceptionAsync(() => TransportOf(kind).Listen(socket.LocalEndPoint, default)[0].DisposeAsync().AsTask()) is null)
                freed++;
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
    public async Task Port_may_be_shared_when_both_say_so(string kind)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("SO_REUSEPORT balances on Linux only");
        var shared = default(ListenOptions) with { ReusePort = true };
        await using var one = Listen(kind, "::", shared);
        await using var other = TransportOf(kind).Listen(one.LocalEndPoint, shared)[0];
        Assert.Throws<SocketException>(() => TransportOf(kind).Listen(one.LocalEndPoint, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Receive_buffer_holds_what_was_asked_for(string kind)
    {
        // Unread datagrams of 8 KiB: about twelve fit into 100 KiB, hundreds into 4 MiB.
        Assert.InRange(await HeldAsync(100 * 1024), 3, 100);
        Assert.InRange(await HeldAsync(4 * 1024 * 1024), 200, 1000);

        async Task<int> HeldAsync(int bytes)
        {
            await using var socket = new ListeningSocket(TransportOf(kind).Listen(new(IPAddress.Loopback, 0), default)[0]);
            socket.Socket.Update(default(ListenOptions) with { ReceiveBuffer = bytes });
            using var client = Peer("127.0.0.1");
            for (var i = 0; i < 1000; i++)
                client.SendTo(Data(8192), socket.LocalEndPoint);
            socket.Start();
            var held = 0;
            // What is sent while it is being emptied comes last, as soon as there is room for it.
            for (; (await socket.ReceiveAsync()).Data.Length > 0; held++)
                client.SendTo([], socket.LocalEndPoint);
            return held;
        }
    }
}
