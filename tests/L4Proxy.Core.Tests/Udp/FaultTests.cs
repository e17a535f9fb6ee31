using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Timing;
using L4Proxy.Transport;
using L4Proxy.Udp;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>What is thrown by others, or should never be, takes nothing else along.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly TestDatagrams _server = new();

    [Fact]
    public async Task A_flow_that_cannot_be_ended_when_idle_keeps_no_other_from_it()
    {
        await using var proxy = TestProxy.Start(Udp(TimeSpan.FromMilliseconds(300)));
        var socket = new ScriptedDatagrams();
        using var listener = new UdpListener(
            [socket], proxy.Server.Snapshot.Endpoints["in"], proxy.Get<UdpProxy>(), proxy.Get<CoarseClock>(), NullLogger.Instance);
        socket.Receive(1);
        await _server.ReceiveAsync();
        var broken = Assert.Single(listener.Sessions);
        broken.Upstream.Attach(new Broken(), _server.Address, new EndPointOrder([_server.Address]), keep: false, now: 0);
        socket.Receive(2);
        await _server.ReceiveAsync();
        Assert.Equal(L4EndReason.IdleTimeout, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(0, listener.Count);

        socket.Receive(3);
        await _server.ReceiveAsync();
        Assert.Equal(L4EndReason.IdleTimeout, (await proxy.NextRecordAsync()).EndReason);
        // The broken one waits for ever on the socket that it had before.
        proxy.Server.Snapshot.Clusters["up"].Destinations[0].State.Ended();
    }

    [Fact]
    public async Task A_flow_that_cannot_be_closed_has_its_record_and_gives_its_place_back()
    {
        await using var proxy = TestProxy.Start(Udp(TimeSpan.FromMinutes(1)));
        var endpoint = proxy.Server.Snapshot.Endpoints["in"];
        var socket = new ScriptedDatagrams();
        using var listener = new UdpListener([socket], endpoint, proxy.Get<UdpProxy>(), proxy.Get<CoarseClock>(), NullLogger.Instance);
        socket.Receive(1);
        var (_, flow) = await _server.ReceiveAsync();
        var session = Assert.Single(listener.Sessions);
        // It is sent to before it has its socket, and on the managed transport by another thread: once an answer has come the flow is relayed.
        await _server.SendAsync("answer", flow);
        for (var begun = Stopwatch.StartNew(); session.BytesDown == 0; await Task.Yield())
            Assert.True(begun.Elapsed < TestPeer.Patience);
        var heard = session.Upstream.Socket!;
        session.Upstream.Attach(new Broken(), _server.Address, new EndPointOrder([_server.Address]), keep: false, now: 0);
        var fault = proxy.Log.WaitForAsync("InternalError");

        heard.Dispose();

        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        listener.Dispose();
        await listener.Closed.InTime();
        Assert.Equal((0, 0), (listener.Count, endpoint.Flows.Count));
        Assert.Contains("A socket of the test's", await fault, StringComparison.Ordinal);
        Assert.True(proxy.Log.Faults.TryDequeue(out _)); // Meant.
    }

    [Theory]
    [InlineData("l4proxy.sessions.active")]
    [InlineData("l4proxy.datagrams")]
    [InlineData("l4proxy.connections")]
    public async Task A_listener_of_the_meter_that_throws_leaks_no_flow(string instrument)
    {
        await using var echo = new TestEcho();
        var config = Udp(TimeSpan.FromMinutes(1));
        await using var proxy = TestProxy.Start(config with { Clusters = Map(("up", Cluster(echo.Address) with { Udp = new L4Udp { Responses = 1 } })) });
        var calls = 0;
        using (ProxyMeter.Listen(proxy, Throw, instrument))
        {
            for (var i = 0; i < 10; i++)
            {
                using var client = new TestDatagrams();
                await client.SendAsync("question", proxy.AddressOf());
                await client.ExpectAsync("question");
            }
            for (var i = 0; i < 10; i++)
                await proxy.NextRecordAsync();
        }
        Assert.True(calls >= 10, $"{calls} calls");
        using (var client = new TestDatagrams())
        {
            await client.SendAsync("question", proxy.AddressOf());
            await client.ExpectAsync("question");
        }
        await proxy.NextRecordAsync();
        Assert.Equal(0, proxy.Get<UdpServer>().Count);
        Assert.Equal(0, proxy.Server.Snapshot.Endpoints["in"].Flows.Count);
        Assert.All(proxy.Server.Snapshot.Clusters["up"].Destinations, destination => Assert.Equal(0, destination.State.Active));

        void Throw(Instrument measured, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("A listener of the test's.");
        }
    }

    public void Dispose() => _server.Dispose();

    private L4Config Udp(TimeSpan idle) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", Cluster(_server.Address) with { Timeouts = new L4Timeouts { Idle = idle } })),
    };

    /// <summary>Receives what the test says.</summary>
    private sealed class ScriptedDatagrams : DatagramSocket
    {
        private readonly TaskCompletionSource _closed = new();
        private DatagramReceiver? _receiver;
        private object? _state;

        public override IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 53);

        public void Receive(int client) => _receiver!(
            _state!, "hello"u8, new(DatagramAddress.From(new(IPAddress.Parse("127.0.0.9"), client)), DatagramAddress.From(LocalEndPoint)));

        public override ValueTask ReceiveAsync(DatagramReceiver receiver, object state)
        {
            (_receiver, _state) = (receiver, state);
            return new(_closed.Task);
        }

        public override void Send(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from, DatagramSent sent, object state) =>
            sent(state, datagram.Length, DatagramStatus.Ok);

        public override void Update(in ListenOptions options)
        {
        }

        public override ValueTask DisposeAsync()
        {
            _closed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Cannot be closed.</summary>
    private sealed class Broken : ConnectedDatagramSocket
    {
        public override ValueTask<DatagramStatus> ReceiveAsync(ReplyReceiver receiver, object state) => new(new TaskCompletionSource<DatagramStatus>().Task);

        public override DatagramStatus TrySend(ReadOnlySpan<byte> datagram) => DatagramStatus.Ok;

        public override void Dispose() => throw new InvalidOperationException("A socket of the test's.");
    }
}
