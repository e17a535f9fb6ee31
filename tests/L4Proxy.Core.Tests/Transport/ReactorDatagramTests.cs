using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>Datagram sockets on reactors: what comes and goes in batches.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReactorDatagramTests : IDisposable
{
    private readonly ReactorGroup _reactors = new(1, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless());

    [Fact]
    public async Task One_batch_brings_the_longest_and_empty_datagrams_whole_and_in_order()
    {
        await using var socket = new ListeningSocket(Listen(default(ListenOptions) with { ReceiveBuffer = 8 * 1024 * 1024 }));
        using var client = Peer("127.0.0.1");
        int[] lengths = [65507, 0, 1, 65507, 0, 1400, 65507, 0];
        foreach (var length in lengths)
            client.SendTo(Data(length), socket.LocalEndPoint);
        socket.Start();
        foreach (var length in lengths)
            Assert.Equal(Data(length), (await socket.ReceiveAsync()).Data);
    }

    [Fact]
    public async Task Datagrams_that_wait_for_the_end_of_the_turn_all_arrive_and_one_that_cannot_be_sent_holds_up_no_other()
    {
        await using var socket = new ListeningSocket(Listen()).Start();
        var clients = Enumerable.Range(0, 150).Select(_ => Peer("127.0.0.1")).ToList();
        var bad = DatagramAddress.From(new(IPAddress.Broadcast, 9));
        var sent = await _reactors.OnFirstAsync(() => Task.WhenAll(clients.SelectMany(client =>
            (IEnumerable<Task<DatagramStatus>>)[socket.SendAsync(Data(10), AddressOf(client), default), socket.SendAsync(Data(10), bad, default)])));
        for (var i = 0; i < sent.Length; i += 2)
        {
            Assert.Equal(DatagramStatus.Ok, sent[i]);
            Assert.Equal(DatagramStatus.Unreachable, sent[i + 1]); // EACCES: it may not broadcast.
        }
        foreach (var client in clients)
        {
            Assert.Equal(Data(10), (await ReceiveAsync(client)).Data);
            client.Dispose();
        }
    }

    [Fact]
    public async Task Datagrams_of_every_length_wait_together()
    {
        await using var socket = new ListeningSocket(Listen()).Start();
        using var client = Peer("127.0.0.1");
        client.ReceiveBufferSize = 4 * 1024 * 1024;
        int[] lengths = [65507, 65507, 0, 65507, 1, 40000, 40000, 65508, 3];
        var sent = await _reactors.OnFirstAsync(() => Task.WhenAll(lengths.Select(length => socket.SendAsync(Data(length), AddressOf(client), default))));
        Assert.All(lengths.Zip(sent), item => Assert.Equal(item.First > 65507 ? DatagramStatus.TooLarge : DatagramStatus.Ok, item.Second));
        foreach (var length in lengths.Where(length => length <= 65507))
            Assert.Equal(Data(length), (await ReceiveAsync(client)).Data);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("::", "127.0.0.1")]
    public async Task Datagrams_in_a_row_to_one_client_arrive_one_by_one(string at, string host)
    {
        await using var socket = new ListeningSocket(Listen(at: at)).Start();
        using var client = Peer(host);
        using var other = Peer(host);
        client.ReceiveBufferSize = 4 * 1024 * 1024;
        var from = DatagramAddress.From(new(IPAddress.Parse(host), socket.LocalEndPoint.Port));
        int[] lengths = [.. Enumerable.Repeat(1200, 20), 300, 1200, 1200, 1201, 0, 0, .. Enumerable.Repeat(1, 30), .. Enumerable.Repeat(1453, 3), .. Enumerable.Repeat(1452, 70), 7];
        var sent = await _reactors.OnFirstAsync(() => Task.WhenAll(lengths.Select((length, i) => socket.SendAsync(Data(length), AddressOf(i == 10 ? other : client), from))));
        Assert.All(sent, status => Assert.Equal(DatagramStatus.Ok, status));
        Assert.Equal(Data(lengths[10]), (await ReceiveAsync(other)).Data);
        foreach (var length in lengths.Where((_, i) => i != 10))
        {
            var (data, sender) = await ReceiveAsync(client);
            Assert.Equal(Data(length), data);
            Assert.Equal(from.ToIPEndPoint(), sender);
        }
        Assert.Equal(0, client.Available);
    }

    [Fact]
    public async Task Datagrams_in_a_row_on_a_path_that_is_too_narrow_for_them_go_in_fragments()
    {
        using var network = NetworkNamespace.Create(46);
        network.SetMtu(1000);
        var transport = new LinuxDatagramTransport(_reactors);
        await using var socket = new ListeningSocket(network.Enter(() => transport.Listen(new(network.There, 0), default)[0])).Start();
        using var client = Peer(network.Here.ToString());
        var sent = await _reactors.OnFirstAsync(() => Task.WhenAll(Enumerable.Range(0, 10).Select(i => socket.SendAsync(Data(1200 - i / 9), AddressOf(client), default))));
        Assert.All(sent, status => Assert.Equal(DatagramStatus.Ok, status));
        for (var i = 0; i < 10; i++)
            Assert.Equal(Data(1200 - i / 9), (await ReceiveAsync(client)).Data);
    }

    [Fact]
    public async Task Two_sockets_of_one_reactor_send_in_one_turn()
    {
        await using var one = new ListeningSocket(Listen()).Start();
        await using var two = new ListeningSocket(Listen()).Start();
        using var client = Peer("127.0.0.1");
        var sent = await _reactors.OnFirstAsync(() => Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            (i % 3 == 0 ? one : two).SendAsync([(byte)i], AddressOf(client), default))));
        Assert.All(sent, status => Assert.Equal(DatagramStatus.Ok, status));
        for (var i = 0; i < 40; i++)
        {
            var (data, from) = await ReceiveAsync(client);
            Assert.Equal((i, (i % 3 == 0 ? one : two).LocalEndPoint), (data[0], from));
        }
    }

    [Fact]
    public async Task Closing_takes_what_waits_in_the_queue()
    {
        var socket = new ListeningSocket(Listen()).Start();
        using var client = Peer("127.0.0.1");
        client.SendTo(Data(1), socket.LocalEndPoint);
        Assert.Equal(Data(1), (await socket.ReceiveAsync()).Data);
        // On the reactor: it closes before it looks for events.
        var closed = await _reactors.OnFirstAsync(() =>
        {
            for (var i = 0; i < 100; i++)
                client.SendTo([(byte)i], socket.LocalEndPoint);
            return Task.FromResult(socket.DisposeAsync().AsTask());
        });
        await closed.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await socket.Ended.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        for (var i = 0; i < 100; i++)
            Assert.Equal([(byte)i], (await socket.ReceiveAsync()).Data);
    }

    [Fact]
    public async Task Closing_sends_what_waits_to_be_sent()
    {
        var socket = new ListeningSocket(Listen()).Start();
        using var client = Peer("127.0.0.1");
        var sent = await _reactors.OnFirstAsync(() =>
        {
            var closing = socket.DisposeAsync();
            var status = socket.SendAsync(Data(10), AddressOf(client), default);
            return Task.WhenAll(status, closing.AsTask().ContinueWith(_ => DatagramStatus.Ok, TaskScheduler.Default));
        });
        Assert.Equal(DatagramStatus.Ok, sent[0]);
        Assert.Equal(Data(10), (await ReceiveAsync(client)).Data);
    }

    [Fact]
    public async Task A_turn_leaves_others_their_share_and_forgets_nothing()
    {
        const int count = 2000;
        await using var socket = new ListeningSocket(Listen(default(ListenOptions) with { ReceiveBuffer = 16 * 1024 * 1024 }));
        using var client = Peer("127.0.0.1");
        for (var i = 0; i < count; i++)
            client.SendTo(BitConverter.GetBytes(i), socket.LocalEndPoint);
        socket.Start();
        for (var i = 0; i < count; i++)
            Assert.Equal(i, BitConverter.ToInt32((await socket.ReceiveAsync()).Data));
    }

    [Fact]
    public void Sockets_share_the_address_of_one_that_was_bound_alone()
    {
        using var owner = Peer("127.0.0.1");
        var transport = Reactors(2);
        var error = Assert.Throws<SocketException>(() => transport.Listen((IPEndPoint)owner.LocalEndPoint!, default));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        foreach (var host in (string[])["127.0.0.1", "::1", "0.0.0.0", "::"])
        {
            var sockets = transport.Listen(new(IPAddress.Parse(host), 0), default);
            Assert.Equal(2, sockets.Count);
            Assert.Equal(sockets[0].LocalEndPoint, sockets[1].LocalEndPoint);
        }
    }

    public void Dispose() => _reactors.Dispose();

    private static DatagramAddress AddressOf(Socket client) => DatagramAddress.From((IPEndPoint)client.LocalEndPoint!);

    private DatagramSocket Listen(ListenOptions options = default, string at = "127.0.0.1") =>
        Assert.Single(new LinuxDatagramTransport(_reactors).Listen(new(IPAddress.Parse(at), 0), options));
}
