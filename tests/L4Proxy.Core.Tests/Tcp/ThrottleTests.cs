using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>How fast bytes pass, by a clock that the test moves.</summary>
public sealed class ThrottleTests : IDisposable
{
    private const int Rate = 100_000;

    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _upstream = new();

    public void Dispose() => _upstream.Dispose();

    private TestProxy Start(L4Throttle throttle) => TestProxy.Start(
        To(_upstream.Address) with { Routes = Map(("all", new L4Route { ClusterId = "up", Throttle = throttle })) },
        services => services.AddSingleton<TimeProvider>(_time));

    private async Task<(TestPeer Client, TestPeer Server)> ConnectAsync(TestProxy proxy)
    {
        var client = await proxy.ConnectAsync();
        return (client, await _upstream.AcceptAsync());
    }

    /// <summary>How long it takes by the clock until so many bytes have come.</summary>
    private Task<TimeSpan> TimeAsync(TestPeer receiver, int bytes) => TimeAsync(receiver.ReceiveAsync(bytes));

    private async Task<TimeSpan> TimeAsync(Task receiving)
    {
        var started = _time.Elapsed;
        for (var i = 0; !receiving.IsCompleted; i++)
        {
            Assert.True(i < 100_000, "It never came.");
            // What can pass now passes first.
            await Task.WhenAny(receiving, Task.Delay(1, TestContext.Current.CancellationToken));
            if (!receiving.IsCompleted)
                _time.Advance(TimeSpan.FromMilliseconds(10));
        }
        await receiving;
        return _time.Elapsed - started;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_wait_for_their_turn_one_way_and_not_the_other(bool up)
    {
        await using var proxy = Start(up ? new() { UploadBytesPerSecond = Rate, Burst = 10_000 } : new() { DownloadBytesPerSecond = Rate, Burst = 10_000 });
        var (client, server) = await ConnectAsync(proxy);
        var (slow, fast) = up ? (client, server) : (server, client);
        await slow.SendAsync(new byte[Rate]);
        await fast.SendAsync(new byte[Rate]);
        Assert.Equal(TimeSpan.Zero, await TimeFreelyAsync(slow));
        // A tenth at once, and the rest at the rate; nothing is faster, and what is slower is the test.
        Assert.True(await TimeAsync(fast, Rate) >= TimeSpan.FromSeconds(0.89));
        client.Dispose();
        server.Dispose();

        async Task<TimeSpan> TimeFreelyAsync(TestPeer receiver)
        {
            var before = _time.Elapsed;
            await receiver.ReceiveAsync(Rate);
            return _time.Elapsed - before;
        }
    }

    [Fact]
    public async Task A_route_may_share_one_rate_among_its_connections()
    {
        await using var proxy = Start(new() { DownloadBytesPerSecond = Rate, Burst = 1000, Per = L4ThrottleScope.Route });
        var first = await ConnectAsync(proxy);
        var second = await ConnectAsync(proxy);
        await first.Server.SendAsync(new byte[Rate / 2]);
        await second.Server.SendAsync(new byte[Rate / 2]);
        var started = _time.Elapsed;
        await Task.WhenAll(TimeAsync(first.Client, Rate / 2), second.Client.ReceiveAsync(Rate / 2).ContinueWith(_ => { }, TaskScheduler.Default));
        Assert.True(_time.Elapsed - started >= TimeSpan.FromSeconds(0.4));
        foreach (var (client, server) in new[] { first, second })
        {
            client.Dispose();
            server.Dispose();
        }
    }

    [Fact]
    public async Task Little_messages_take_no_more_of_a_shared_rate_than_they_are_long()
    {
        const int count = 200;
        await using var proxy = Start(new() { DownloadBytesPerSecond = Rate, Burst = 5000, Per = L4ThrottleScope.Route });
        var bulk = await ConnectAsync(proxy);
        var pairs = new List<(TestPeer Client, TestPeer Server)>();
        for (var i = 0; i < count; i++)
            pairs.Add(await ConnectAsync(proxy));
        await bulk.Server.SendAsync(new byte[10_000]);
        await bulk.Client.ReceiveAsync(5000);
        foreach (var (_, server) in pairs)
            await server.SendAsync("hello");
        // A thousand bytes in all; a chunk of a twentieth of a second for each would be ten seconds.
        Assert.InRange(await TimeAsync(Task.WhenAll(pairs.Select(pair => pair.Client.ExpectAsync("hello")))), TimeSpan.Zero, TimeSpan.FromSeconds(8));
        foreach (var (client, server) in pairs.Append(bulk))
        {
            client.Dispose();
            server.Dispose();
        }
    }

    [Fact]
    public async Task Who_waits_for_his_turn_is_not_silent()
    {
        const int count = 60;
        var config = To(_upstream.Address) with
        {
            Routes = Map(("all", new L4Route
            {
                ClusterId = "up",
                Timeouts = new() { HalfClosed = TimeSpan.FromSeconds(1) },
                Throttle = new() { DownloadBytesPerSecond = Rate, Burst = 5000, Per = L4ThrottleScope.Route },
            })),
        };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));
        var pairs = new List<(TestPeer Client, TestPeer Server)>();
        for (var i = 0; i < count; i++)
        {
            var (client, server) = await ConnectAsync(proxy);
            pairs.Add((client, server));
            client.HalfClose();
            await server.ExpectFinAsync();
        }
        foreach (var (_, server) in pairs)
            await server.SendAsync(new byte[5000]);
        // Three seconds for all of them, of which each is silent for as long as its turn is away.
        await TimeAsync(Task.WhenAll(pairs.Select(pair => pair.Client.ReceiveAsync(5000))));
        foreach (var (client, server) in pairs)
        {
            client.Dispose();
            server.Dispose();
        }
    }

    [Fact]
    public async Task What_is_said_before_a_FIN_arrives_whole_and_then_the_FIN()
    {
        await using var proxy = Start(new() { DownloadBytesPerSecond = Rate, UploadBytesPerSecond = Rate, Burst = 1000 });
        var (client, server) = await ConnectAsync(proxy);
        await server.SendAsync(new byte[20_000]);
        server.HalfClose();
        await TimeAsync(client, 20_000);
        await TimeAsync(client.ExpectFinAsync());
        await client.SendAsync("bye");
        await TimeAsync(server, 3);
        client.HalfClose();
        await TimeAsync(server.ExpectFinAsync());
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, 3, 20_000), (record.EndReason, record.BytesUp, record.BytesDown));
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Who_is_cut_while_he_waits_is_cut_at_once()
    {
        await using var proxy = Start(new() { DownloadBytesPerSecond = 1 });
        var (client, server) = await ConnectAsync(proxy);
        await server.SendAsync(new byte[1000]);
        await TimeAsync(client, 1);
        client.Reset();
        await server.ExpectResetAsync();
        Assert.Equal(L4EndReason.ClientReset, (await proxy.NextRecordAsync()).EndReason);
        server.Dispose();
    }
}
