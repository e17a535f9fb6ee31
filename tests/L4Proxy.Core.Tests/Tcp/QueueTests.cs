using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary><c>Queue</c>: connections wait until a destination can take them.</summary>
public sealed class QueueTests : IDisposable
{
    // For tests in which time is the real one.
    private static readonly L4Queue s_patient = new() { Timeout = TimeSpan.FromMinutes(10) };

    private readonly TestUpstream _upstream = new();
    private readonly ManualTimeProvider _time = new();
    private readonly List<TestPeer> _peers = [];

    [Fact]
    public async Task Where_all_are_full_who_came_first_has_the_next_room()
    {
        await using var proxy = Start(OneAtATime());
        var (_, server) = await ServedAsync(proxy);
        var waiting = new List<TestPeer>();
        for (var i = 0; i < 6; i++)
            waiting.Add(await WaitingAsync(proxy, $"{i}"));
        for (var i = 0; i < 6; i++)
        {
            server.Reset();
            server = await _upstream.AcceptAsync();
            await server.ExpectAsync($"{i}");
            Assert.Equal(5 - i, await CountAsync(proxy, 5 - i));
        }
        server.Dispose();
        waiting.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Each_room_that_becomes_free_calls_one()
    {
        await using var proxy = Start(With(_upstream.Address, s_patient, most: 3));
        var served = new List<(TestPeer Client, TestPeer Server)>();
        for (var i = 0; i < 3; i++)
            served.Add(await ServedAsync(proxy));
        using var a = await WaitingAsync(proxy, "a");
        using var b = await WaitingAsync(proxy, "b");
        using var c = await WaitingAsync(proxy, "c");
        served.ForEach(pair => pair.Server.Reset());
        var heard = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var server = await _upstream.AcceptAsync();
            heard.Add(System.Text.Encoding.ASCII.GetString(await server.ReceiveAsync(1)));
        }
        Assert.Equal(["a", "b", "c"], heard.Order());
    }

    [Fact]
    public async Task Who_comes_does_not_overtake_who_was_called_and_has_not_begun()
    {
        await using var proxy = Start(OneAtATime());
        var (_, server) = await ServedAsync(proxy);
        var queue = proxy.Server.Snapshot.Clusters["up"].State.UseQueue();
        using var called = queue.TryEnter(new ScriptedConnection(), proxy.Get<CoarseClock>(), new(Timeout: 60_000, MaxLength: 10))!;
        var turn = called.WaitAsync(forRoom: true, CancellationToken.None);
        server.Reset();
        Assert.Equal(L4EndReason.None, await turn.InTime());
        using var client = await WaitingAsync(proxy, "x");
        called.Dispose();
        using var again = await _upstream.AcceptAsync();
        await again.ExpectAsync("x");
    }

    [Fact]
    public async Task Beyond_its_length_a_client_is_reset_at_once_and_the_record_says_so()
    {
        await using var proxy = Start(With(_upstream.Address, s_patient with { MaxLength = 1 }, most: 1));
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "x");
        using var third = await proxy.ConnectAsync();
        await third.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.QueueFull, " (it waited because of DestinationsFull)"), (record.EndReason, record.Values["Why"]));
    }

    [Fact]
    public async Task After_its_time_a_client_is_reset_and_not_before()
    {
        await using var proxy = Start(OneAtATime(new()), _time);
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "x");
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, Count(proxy));
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await second.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.QueueTimeout, " (it waited because of DestinationsFull)"), (record.EndReason, record.Values["Why"]));
    }

    [Fact]
    public async Task Whom_a_server_that_is_away_failed_is_served_when_it_is_back()
    {
        const int count = 200;
        var address = TestUpstream.Nowhere();
        await using var proxy = Start(With(address, s_patient));
        var clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => proxy.ConnectAsync()));
        await Task.WhenAll(clients.Select((client, i) => client.SendAsync($"{i:000}")));
        Assert.Equal(count, await CountAsync(proxy, count));

        using var back = new TestUpstream(address);
        for (var i = 0; i < count; i++)
        {
            using var server = await back.AcceptAsync();
            var said = await server.ReceiveAsync(3);
            await server.SendAsync(said);
        }
        await Task.WhenAll(clients.Select((client, i) => client.ExpectAsync($"{i:000}")));
        Assert.Equal(0, await CountAsync(proxy, 0));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task What_failed_is_tried_again_within_a_second()
    {
        var address = TestUpstream.Nowhere();
        await using var proxy = Start(With(address, new L4Queue()), _time);
        using var client = await WaitingAsync(proxy, "x");
        using var back = new TestUpstream(address);
        _time.Advance(TimeSpan.FromSeconds(1));
        using var server = await back.AcceptAsync();
        await server.ExpectAsync("x");
    }

    [Fact]
    public async Task Time_is_over_for_what_fails_again_and_again()
    {
        await using var proxy = Start(With(TestUpstream.Nowhere(), new L4Queue { Timeout = TimeSpan.FromSeconds(2) }), _time);
        using var client = await WaitingAsync(proxy, "x");
        await client.ExpectResetInTimeAsync(_time);
        var record = await proxy.NextRecordAsync();
        Assert.Equal(L4EndReason.QueueTimeout, record.EndReason);
        // Refused, or timed out where the test's time has run ahead of the kernel's.
        Assert.StartsWith(" (it waited because of Connect", (string?)record.Values["Why"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_resets_frees_its_place(bool hasSpoken)
    {
        await using var proxy = Start(With(_upstream.Address, new L4Queue { MaxLength = 1 }, most: 1), _time);
        var (_, server) = await ServedAsync(proxy);
        using (var second = await proxy.ConnectAsync())
        {
            if (hasSpoken)
                await second.SendAsync("here");
            await CountAsync(proxy, 1);
            second.Reset();
            // The kernel knows; the proxy looks once a second.
            await UntilAsync(() => proxy.Get<SessionSet>().ToList().Exists(session => session.Client.Failure != TransportStatus.Ok));
            Assert.Equal(1, Count(proxy));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(L4EndReason.ClientReset, (await proxy.NextRecordAsync()).EndReason);
        using var third = await WaitingAsync(proxy, "third");
        server.Reset();
        using var again = await _upstream.AcceptAsync();
        await again.ExpectAsync("third");
    }

    [Fact]
    public async Task A_client_that_has_half_closed_waits_for_its_answer()
    {
        await using var proxy = Start(OneAtATime());
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "question");
        second.HalfClose();
        await second.ArrivedAsync();
        server.Reset();
        using var again = await _upstream.AcceptAsync();
        await again.ExpectAsync("question");
        await again.ExpectFinAsync();
        await again.SendAsync("answer");
        await second.ExpectAsync("answer");
    }

    [Fact]
    public async Task A_reload_brings_those_that_wait_to_the_new_destination()
    {
        await using var proxy = Start(With(TestUpstream.Nowhere(), s_patient));
        using var client = await WaitingAsync(proxy, "x");
        proxy.Provider.Update(With(_upstream.Address, s_patient));
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("x");
        await server.SendAsync("y");
        await client.ExpectAsync("y");
    }

    [Fact]
    public async Task A_reload_that_makes_room_calls_those_in_line()
    {
        await using var proxy = Start(OneAtATime());
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "x");
        proxy.Provider.Update(With(_upstream.Address, s_patient, most: 2));
        using var another = await _upstream.AcceptAsync();
        await another.ExpectAsync("x");
    }

    [Fact]
    public async Task What_was_removed_is_dialled_for_nobody_who_waits()
    {
        await using var proxy = Start(OneAtATime(new()), _time);
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "x");
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(OneAtATime() with { Routes = Map(("all", new L4Route { Action = L4RouteAction.Reject })), Clusters = null });
        await applied;
        server.Reset();
        Assert.Equal(L4EndReason.UpstreamReset, (await proxy.NextRecordAsync()).EndReason);
        await second.ExpectResetInTimeAsync(_time);
        Assert.Equal(L4EndReason.QueueTimeout, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Whatever_is_reloaded_meanwhile_no_place_is_lost_and_everybody_hears_something()
    {
        await using var one = new EchoUpstream();
        await using var other = new EchoUpstream();
        L4Config Next(Random random) => To(_upstream.Address) with
        {
            Clusters = Map(("up", new L4Cluster
            {
                Queue = new L4Queue { Timeout = TimeSpan.FromSeconds(3), MaxLength = random.Next(2) == 0 ? 30 : 100 },
                DrainTimeout = TimeSpan.FromSeconds(1),
                Retry = new L4Retry { MaxAttempts = random.Next(1, 4) },
                LoadBalancingPolicy = random.Next(2) == 0 ? "RoundRobin" : "LeastConnections",
                Destinations = Map([.. new[] { ("a", one), ("b", other), ($"c{random.Next(2)}", one), ("d", other) }.Where((_, i) => i == 0 || random.Next(4) > 0)
                    .Select(item => (item.Item1, new L4Destination { Address = AddressOf(item.Item2.Address), MaxConnections = random.Next(1, 6), Enabled = random.Next(5) > 0, Backup = random.Next(5) == 0 }))]),
            })),
        };
        await using var proxy = Start(Next(new Random(1)));
        using var over = new CancellationTokenSource();
        var (served, ended) = (0, 0);
        var reloading = Task.Run(async () =>
        {
            for (var random = new Random(2); !over.IsCancellationRequested;)
            {
                var applied = proxy.Log.WaitForAsync("ConfigApplied");
                proxy.Provider.Update(Next(random));
                await applied;
            }
        }, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(number => Task.Run(async () =>
        {
            var random = new Random(number);
            for (var i = 0; i < 20; i++)
            {
                using var client = await proxy.ConnectAsync();
                try
                {
                    await client.SendAsync("hello");
                    if (random.Next(5) == 0)
                    {
                        client.Reset();
                        continue;
                    }
                    for (var more = random.Next(5); more >= 0; more--)
                    {
                        await client.ExpectAsync("hello");
                        await client.SendAsync("hello");
                    }
                    Interlocked.Increment(ref served);
                }
                catch (SocketException)
                {
                    Interlocked.Increment(ref ended);
                }
            }
        }, CancellationToken.None)));
        await over.CancelAsync();
        await reloading;
        Assert.True(served > 0, $"{served} served, {ended} reset");
        await Task.WhenAll(proxy.Get<TcpServer>().WaitForNoneAsync()).InTime();
        var state = proxy.Server.Snapshot.Clusters["up"].State;
        Assert.Equal((0, false), (state.Queue?.Count ?? 0, state.Queue?.HasLine ?? false));
        Assert.All(proxy.Server.Snapshot.Clusters["up"].Destinations, destination => Assert.Equal(0, destination.State.Active));
        TestContext.Current.TestOutputHelper!.WriteLine($"{served} served, {ended} reset");
    }

    [Fact]
    public async Task A_drain_lets_them_be_served()
    {
        await using var proxy = Start(OneAtATime());
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "x");
        var stopping = proxy.Server.StopAsync(TestContext.Current.CancellationToken);
        server.Reset();
        using (var again = await _upstream.AcceptAsync())
            await again.ExpectAsync("x");
        second.Dispose();
        await stopping.InTime();
    }

    [Fact]
    public async Task A_stop_cuts_them()
    {
        await using var proxy = Start(OneAtATime());
        var (_, server) = await ServedAsync(proxy);
        using var second = await WaitingAsync(proxy, "x");
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await proxy.Server.StopAsync(hurry.Token).InTime();
        await second.ExpectResetAsync();
        Assert.Equal([L4EndReason.Shutdown, L4EndReason.Shutdown], [(await proxy.NextRecordAsync()).EndReason, (await proxy.NextRecordAsync()).EndReason]);
        Assert.Equal(0, Count(proxy));
    }

    [Fact]
    public async Task A_name_that_the_client_may_not_ask_for_is_refused_at_once()
    {
        await using var proxy = Start(
            To(_upstream.Address) with
            {
                Routes = Map(("all", new L4Route { Match = new L4Match { Sni = ["{**host}.example.com"] }, ClusterId = "up" })),
                Clusters = Map(("up", new L4Cluster { Queue = new(), Destinations = Map(("a", new L4Destination { Address = "{host}:443" })) })),
            },
            _time);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new HelloBuilder().WithServerName("127.0.0.1.example.com").Bytes());
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.DestinationNameRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    public void Dispose()
    {
        _peers.ForEach(peer => peer.Dispose());
        _upstream.Dispose();
    }

    private static L4Config With(EndPoint address, L4Queue queue, int? most = null) => To(address) with
    {
        Clusters = Map(("up", new L4Cluster
        {
            Queue = queue,
            // Tests move the clock until something has happened, as often as that takes.
            Timeouts = new() { Idle = TimeSpan.Zero },
            Retry = new L4Retry { MaxAttempts = 1 },
            Destinations = Map(("a", new L4Destination { Address = AddressOf(address), MaxConnections = most })),
        })),
    };

    private L4Config OneAtATime(L4Queue? queue = null) => With(_upstream.Address, queue ?? s_patient, most: 1);

    private static TestProxy Start(L4Config config, ManualTimeProvider? time = null) =>
        TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(time ?? TimeProvider.System));

    private static int Count(TestProxy proxy) => proxy.Server.Snapshot.Clusters.GetValueOrDefault("up")?.State.Queue?.Count ?? 0;

    /// <summary>A client that is relayed: before it is, a server that resets is one that failed.</summary>
    private async Task<(TestPeer Client, TestPeer Server)> ServedAsync(TestProxy proxy)
    {
        var client = Kept(await proxy.ConnectAsync());
        await client.SendAsync("here");
        var server = Kept(await _upstream.AcceptAsync());
        await server.ExpectAsync("here");
        return (client, server);
    }

    private TestPeer Kept(TestPeer peer)
    {
        _peers.Add(peer);
        return peer;
    }

    /// <summary>A client that waits behind all others.</summary>
    private static async Task<TestPeer> WaitingAsync(TestProxy proxy, string says)
    {
        var before = Count(proxy);
        var client = await proxy.ConnectAsync();
        await client.SendAsync(says);
        Assert.Equal(before + 1, await CountAsync(proxy, before + 1));
        return client;
    }

    /// <summary>How many wait, once it is so many, or after a while.</summary>
    private static async Task<int> CountAsync(TestProxy proxy, int expected)
    {
        await UntilAsync(() => Count(proxy) == expected);
        return Count(proxy);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var clock = Stopwatch.StartNew(); !condition() && clock.Elapsed < TestPeer.Patience;)
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
