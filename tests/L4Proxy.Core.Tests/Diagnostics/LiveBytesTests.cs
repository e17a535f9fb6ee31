using System.Diagnostics.Metrics;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>The meter of bytes moves while a connection is there, and is right in the end.</summary>
public sealed class LiveBytesTests : IDisposable
{
    private static readonly L4Timeouts s_patient = new() { Idle = TimeSpan.Zero };
    private readonly FakeTimeProvider _time = new();
    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task It_moves_while_a_connection_lives_and_counts_each_byte_once()
    {
        await using var proxy = Start(To(_upstream.Address, s_patient));
        using var bytes = Collect(proxy);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("hi");
        await client.ExpectAsync("hi");

        await UntilAsync(bytes, up: 5, down: 2);
        Assert.All(bytes.GetMeasurementSnapshot(), one => Assert.Equal(("in", "all", "up", "d0"), (one.Tags["endpoint"], one.Tags["route"], one.Tags["cluster"], one.Tags["destination"])));

        await client.SendAsync("more");
        await server.ExpectAsync("more");
        await UntilAsync(bytes, up: 9, down: 2);
        _time.Advance(LiveBytes.Every);
        client.HalfClose();
        await server.ExpectFinAsync();
        await server.SendAsync("bye");
        server.HalfClose();
        await client.ExpectAsync("bye");
        var record = await proxy.NextRecordAsync();
        Assert.Equal((9L, 5L), (record.BytesUp, record.BytesDown));
        Assert.Equal((9L, 5L), (Sum(bytes, "up"), Sum(bytes, "down")));
    }

    [Fact]
    public async Task What_is_on_its_way_to_somebody_who_does_not_read_is_not_counted_and_what_never_arrives_never_is()
    {
        await using var proxy = Start(To(_upstream.Address, s_patient));
        using var bytes = Collect(proxy);
        using var client = new TestPeer(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 });
        await client.Socket.ConnectAsync(proxy.AddressOf(), TestContext.Current.CancellationToken);
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync(new byte[100_000]);
        await client.ReceiveAsync(1);
        for (var i = 0; i < 3; i++)
            _time.Advance(LiveBytes.Every);
        client.Reset();
        var record = await proxy.NextRecordAsync();
        Assert.InRange(record.BytesDown, 1, 99_999);
        Assert.Equal(record.BytesDown, Sum(bytes, "down"));
    }

    [Fact]
    public async Task Of_flows_too()
    {
        using var server = new TestDatagrams();
        using var client = new TestDatagrams();
        await using var proxy = Start(To(server.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        });
        using var bytes = Collect(proxy);
        await client.SendAsync("question", proxy.AddressOf());
        await server.SendAsync("answer", await server.ExpectAsync("question"));
        await client.ExpectAsync("answer");
        await UntilAsync(bytes, up: 8, down: 6);
    }

    public void Dispose() => _upstream.Dispose();

    private TestProxy Start(L4Config config) => TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));

    private static MetricCollector<long> Collect(TestProxy proxy) => new(proxy.Get<IMeterFactory>(), "L4Proxy", "l4proxy.bytes");

    private static long Sum(MetricCollector<long> bytes, string direction) =>
        bytes.GetMeasurementSnapshot().Where(one => (string?)one.Tags["direction"] == direction).Sum(one => one.Value);

    /// <summary>The peer may have read what the other thread has not counted yet.</summary>
    private async Task UntilAsync(MetricCollector<long> bytes, long up, long down)
    {
        var deadline = DateTime.UtcNow + TestPeer.Patience;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((Sum(bytes, "up"), Sum(bytes, "down")) != (up, down))
        {
            Assert.True(DateTime.UtcNow < deadline, $"up {Sum(bytes, "up")} of {up}, down {Sum(bytes, "down")} of {down}");
            _time.Advance(LiveBytes.Every);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
