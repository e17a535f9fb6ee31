using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Destinations that fail are ejected: what clients see of that, on sockets.</summary>
public sealed class EjectionTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _good = new();

    public void Dispose() => _good.Dispose();

    private TestProxy Start(L4Cluster cluster) =>
        TestProxy.Start(To(_good.Address) with { Clusters = Map(("up", cluster)) }, services => services.AddSingleton<TimeProvider>(_time));

    private static L4DestinationStatus StatusOf(TestProxy proxy, string id) =>
        proxy.Get<IL4DestinationHealth>().GetDestinations().Single(destination => destination.DestinationId == id);

    private static async Task ServeAsync(TestProxy proxy, TestUpstream upstream)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var server = await upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await server.SendAsync("you");
        await client.ExpectAsync("you");
        client.HalfClose();
        await server.ExpectFinAsync();
    }

    private static async Task<int> DialsThatFailedAsync(TestProxy proxy)
    {
        await proxy.Get<LogQueue>().FlushAsync();
        return proxy.Log.Lines.Count(line => line.Contains(" ConnectFailed:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dead_destination_is_ejected_and_comes_back_when_it_answers()
    {
        var address = TestUpstream.Nowhere();
        await using var proxy = Start(Cluster(address, _good.Address));
        // Its second and third turn.
        for (var i = 0; i < 3; i++)
        {
            await ServeAsync(proxy, _good);
            _time.Advance(TimeSpan.FromSeconds(2));
        }
        var status = StatusOf(proxy, "d0");
        Assert.Equal((L4DestinationHealth.Ejected, L4EndReason.ConnectRefused), (status.Health, status.LastFailure));
        Assert.InRange(status.AvoidedFor!.Value.TotalSeconds, 27, 30);
        Assert.Equal(L4DestinationHealth.Healthy, StatusOf(proxy, "d1").Health);

        using var back = new TestUpstream(address);
        _time.Advance(TimeSpan.FromSeconds(26));
        await ServeAsync(proxy, _good);
        Assert.Equal(3, await DialsThatFailedAsync(proxy));
        _time.Advance(TimeSpan.FromSeconds(5));
        await ServeAsync(proxy, back);
        Assert.Equal(L4DestinationHealth.Healthy, StatusOf(proxy, "d0").Health);
        await proxy.Get<LogQueue>().FlushAsync();
        Assert.Contains(proxy.Log.Lines, line => line.Contains(" DestinationReturned:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_still_dead_when_its_time_is_over_is_ejected_by_the_first_failure_for_twice_as_long()
    {
        await using var proxy = Start(Cluster(TestUpstream.Nowhere(), _good.Address) with
        {
            HealthCheck = new() { Passive = new() { MaxFails = 1, EjectionTime = TimeSpan.FromSeconds(20) } },
        });
        await ServeAsync(proxy, _good);
        _time.Advance(TimeSpan.FromSeconds(21));
        await ServeAsync(proxy, _good);
        _time.Advance(TimeSpan.FromSeconds(39));
        await ServeAsync(proxy, _good);
        Assert.Equal(2, await DialsThatFailedAsync(proxy));
        Assert.Equal(L4DestinationHealth.Ejected, StatusOf(proxy, "d0").Health);
        _time.Advance(TimeSpan.FromSeconds(2));
        await ServeAsync(proxy, _good);
        Assert.Equal(3, await DialsThatFailedAsync(proxy));
    }

    [Fact]
    public async Task An_ejected_one_is_dialled_where_there_is_no_other()
    {
        var address = TestUpstream.Nowhere();
        await using var proxy = Start(Cluster(address, _good.Address) with { HealthCheck = new() { Passive = new() { MaxFails = 1 } } });
        await ServeAsync(proxy, _good);
        Assert.Equal(L4DestinationHealth.Ejected, StatusOf(proxy, "d0").Health);
        _good.Dispose();
        using var back = new TestUpstream(address);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await ServeAsync(proxy, back);
        Assert.Equal(L4DestinationHealth.Healthy, StatusOf(proxy, "d0").Health);
    }

    [Fact]
    public async Task Who_accepts_only_to_reset_is_ejected()
    {
        using var bad = new TestUpstream();
        await using var proxy = Start(Cluster(bad.Address, _good.Address));
        for (var i = 0; i < 3; i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync("hello");
            using (var server = await bad.AcceptAsync())
            {
                // Before it has come the reset may be taken for a refusal, and the other is tried.
                await server.ExpectAsync("hello");
                server.Reset();
            }
            await client.ExpectResetAsync();
            await proxy.NextRecordAsync();
        }
        Assert.Equal(L4DestinationHealth.Ejected, StatusOf(proxy, "d0").Health);
        await ServeAsync(proxy, _good);
    }

    [Fact]
    public async Task Resets_between_connections_that_it_serves_and_says_nothing_to_are_not_in_a_row()
    {
        await using var proxy = Start(Cluster(_good.Address, TestUpstream.Nowhere()) with { LoadBalancingPolicy = "First" });
        for (var i = 0; i < 4; i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync("hello");
            using var server = await _good.AcceptAsync();
            await server.ExpectAsync("hello");
            if (i % 2 == 0)
            {
                server.Reset();
                await client.ExpectResetAsync();
            }
            else
            {
                client.HalfClose();
                await server.ExpectFinAsync();
                server.HalfClose();
                await client.ExpectFinAsync();
            }
            await proxy.NextRecordAsync();
        }
        // A sink of a log, say: it never says anything.
        Assert.Equal(1, proxy.Server.Snapshot.Clusters["up"].Destinations[0].State.EarlyResets.Note(_time.GetTimestamp()));
    }

    [Theory]
    [InlineData(L4OnMarkedDown.Keep)]
    [InlineData(L4OnMarkedDown.Cut)]
    public async Task What_is_connected_to_it_goes_on_or_is_cut(L4OnMarkedDown setting)
    {
        var dying = new TestUpstream();
        await using var proxy = Start(Cluster(dying.Address, _good.Address) with { HealthCheck = new() { OnMarkedDown = setting, Passive = new() { MaxFails = 1 } } });
        using var client = await proxy.ConnectAsync();
        using var server = await dying.AcceptAsync();
        dying.Dispose();
        await ServeAsync(proxy, _good);
        if (setting == L4OnMarkedDown.Cut)
        {
            await client.ExpectResetAsync();
            await server.ExpectResetAsync();
            Assert.Contains(L4EndReason.DestinationMarkedDown, new[] { (await proxy.NextRecordAsync()).EndReason, (await proxy.NextRecordAsync()).EndReason });
        }
        else
        {
            await server.SendAsync("still here");
            await client.ExpectAsync("still here");
        }
    }

    [Fact]
    public async Task One_tenants_dead_address_says_nothing_of_anothers()
    {
        AddressLookup lookup = host => Task.FromResult<IPAddress[]>([IPAddress.Parse(host == "dead.internal" ? "127.0.0.77" : "127.0.0.1")]);
        using var spare = new TestUpstream();
        var port = ((IPEndPoint)_good.Address).Port;
        var config = To(_good.Address) with
        {
            Routes = Map(("all", new L4Route { Match = new() { Host = ["{tenant}.example.com"] }, ClusterId = "up" })),
            Clusters = Map(("up", new L4Cluster
            {
                LoadBalancingPolicy = "First",
                Destinations = Map(
                    ("own", new L4Destination { Address = $"{{tenant}}.internal:{port}" }),
                    ("spare", new L4Destination { Address = AddressOf(spare.Address), Backup = true })),
            })),
        };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time).AddSingleton(lookup));
        for (var i = 0; i < 5; i++)
            await AskAsync("dead", spare);
        // The first time only: then it is known.
        Assert.Equal(1, await DialsThatFailedAsync(proxy));
        await AskAsync("alive", _good);
        var own = StatusOf(proxy, "own");
        Assert.Equal(L4DestinationHealth.Healthy, own.Health);
        Assert.Equal(L4DestinationHealth.Refusing, Assert.Single(own.FailingAddresses).Health);

        async Task AskAsync(string tenant, TestUpstream expected)
        {
            var request = $"GET / HTTP/1.1\r\nHost: {tenant}.example.com\r\n\r\n";
            using var client = await proxy.ConnectAsync();
            await client.SendAsync(request);
            using var server = await expected.AcceptAsync();
            await server.ExpectAsync(request);
        }
    }

    [Fact]
    public async Task Panic_spreads_over_all_what_few_could_not_bear()
    {
        await using var proxy = Start(Cluster(TestUpstream.Nowhere(), TestUpstream.Nowhere(), _good.Address) with
        {
            HealthCheck = new() { Passive = new() { MaxFails = 1, MaxEjectionPercent = 100, PanicThresholdPercent = 50 } },
        });
        await ServeAsync(proxy, _good);
        Assert.Equal(2, await DialsThatFailedAsync(proxy));
        // One of three is well: nobody is left out.
        await ServeAsync(proxy, _good);
        Assert.Equal(4, await DialsThatFailedAsync(proxy));
    }

    [Fact]
    public async Task After_an_outage_of_both_neither_is_left_to_serve_alone()
    {
        var address = TestUpstream.Nowhere();
        var gone = TestUpstream.Nowhere();
        await using var proxy = Start(Cluster(address, gone) with { HealthCheck = new() { Passive = new() { MaxFails = 1 } }, Retry = new() { MaxAttempts = 2 } });
        using (var client = await proxy.ConnectAsync())
            await client.ExpectResetAsync();
        Assert.Equal(L4DestinationHealth.Ejected, StatusOf(proxy, "d0").Health);
        using var one = new TestUpstream(address);
        using var other = new TestUpstream(gone);
        _time.Advance(TimeSpan.FromSeconds(2));
        await ServeAsync(proxy, other);
        // The first of them is tried, though its half minute is not over.
        await ServeAsync(proxy, one);
        Assert.All(proxy.Get<IL4DestinationHealth>().GetDestinations(), destination => Assert.Equal(L4DestinationHealth.Healthy, destination.Health));
    }

    [Fact]
    public async Task Whether_one_that_was_away_is_back_one_connection_finds_out()
    {
        using var full = new FullBacklog();
        await using var proxy = Start(Cluster(full.Address, _good.Address) with { Timeouts = new() { Connect = TimeSpan.FromSeconds(5) } });
        using var first = await proxy.ConnectAsync();
        await WaitAsync(_good.AcceptAsync());
        // Its time is over: the next one tries it, and is told so late.
        _time.Advance(TimeSpan.FromSeconds(2));
        using var trial = await proxy.ConnectAsync();
        await DialledAsync(proxy, 1);
        for (var i = 0; i < 20; i++)
            await ServeAsync(proxy, _good);
        await DialledAsync(proxy, 1);
        await WaitAsync(_good.AcceptAsync());
        Assert.Equal(2, await DialsThatFailedAsync(proxy));

        async Task WaitAsync(Task<TestPeer> accepting)
        {
            await TestPeer.UntilAsync(() =>
            {
                if (!accepting.IsCompleted)
                    _time.Advance(TimeSpan.FromMilliseconds(100));
                return accepting.IsCompleted;
            });
            (await accepting).Dispose();
        }
    }

    private static Task DialledAsync(TestProxy proxy, int count) => TestPeer.UntilAsync(() => StatusOf(proxy, "d0").ActiveConnections == count);
}
