using System.Diagnostics;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Timing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.Health;

/// <summary>Probes of a whole proxy, and what becomes of its connections and flows.</summary>
public sealed class HealthMonitorTests
{
    // However the clock is driven, no probe on loopback takes so long.
    private static readonly L4ActiveHealthCheck s_check = new() { Enabled = true, Interval = TimeSpan.FromMilliseconds(100), Timeout = TimeSpan.FromMinutes(10) };

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task One_that_is_not_there_is_down_at_once_and_up_after_its_rise()
    {
        var address = TestUpstream.Nowhere();
        await using var proxy = Start(s_check, Cluster(address));
        var health = StateOf(proxy).Probed;
        await UntilAsync(() => !health.TakesNew);
        Assert.Equal(0, health.Successes);

        using (var client = await proxy.ConnectAsync())
            await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.NoDestination, (await proxy.NextRecordAsync()).EndReason);

        using var upstream = new TestUpstream(address);
        await UntilAsync(() => health.TakesNew);
        Assert.InRange(health.Successes, 2, 4);
        using var second = await proxy.ConnectAsync();
        await second.SendAsync("hello");
        await AnyAsync(upstream, "hello");
        Assert.Equal(["DestinationDown", "DestinationUp"], Events(proxy));
        Assert.Contains(proxy.Log.Lines, line => line.Contains("Destination 'd0' of cluster 'up' is down: connecting to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_goes_is_down_after_its_fall_and_starts_slowly_when_it_is_back()
    {
        var upstream = new TestUpstream();
        var address = upstream.Address;
        await using var proxy = Start(s_check with { Fall = 4 }, Cluster(address));
        var state = StateOf(proxy);
        await UntilAsync(() => state.Probed.Successes >= 3);
        Assert.Equal(DestinationState.Always, state.Since);
        upstream.Dispose();
        await UntilAsync(() => !state.Probed.TakesNew);
        Assert.InRange(state.Probed.Failures, 4, 5);
        Assert.Equal(1, state.Downs);

        using var again = new TestUpstream(address);
        await UntilAsync(() => state.Probed.TakesNew);
        Assert.NotEqual(DestinationState.Always, state.Since);
        Assert.Equal((Refusals.None, 1), (state.Refusals.Until, state.Downs));
    }

    [Fact]
    public async Task Others_are_picked_while_one_is_down()
    {
        using var upstream = new TestUpstream();
        await using var proxy = Start(s_check with { Interval = TimeSpan.FromHours(1) }, Cluster(TestUpstream.Nowhere(), upstream.Address));
        await UntilAsync(() => StatesOf(proxy).All(state => state.Probed.Last is not null));
        using var probe = await upstream.AcceptAsync();
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        await server.SendAsync("here");
        await client.ExpectAsync("here");
        Assert.DoesNotContain(proxy.Log.Lines, line => line.Contains(" ConnectFailed: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flow_is_not_sent_to_one_that_is_down_nor_kept_with_it()
    {
        using var first = new TestUpstream();
        using var one = new TestDatagrams(first.Address);
        using var two = new TestDatagrams();
        var cluster = Cluster(one.Address, two.Address);
        cluster = cluster with
        {
            Udp = new L4Udp { Affinity = L4UdpAffinity.SourceIp },
            Destinations = Map(("d0", cluster.Destinations!["d0"]), ("d1", cluster.Destinations["d1"] with { HealthAddress = AddressOf(first.Address) })),
        };
        await using var proxy = Start(s_check, cluster, "udp://127.0.0.1:0");
        await UntilAsync(() => StatesOf(proxy).All(state => state.Probed.Successes > 0));
        using var client = new TestDatagrams();
        using var neighbour = new TestDatagrams();
        await client.SendAsync("first", proxy.AddressOf());
        await one.ExpectAsync("first");

        StateOf(proxy).Probed.Note(StateOf(proxy).Probed.Begin(1, 1), L4Proxy.Destinations.Health.Probing.ProbeOutcome.Failure("test"), _time.GetUtcNow(), TimeSpan.Zero);
        await neighbour.SendAsync("second", proxy.AddressOf());
        await two.ExpectAsync("second");
        await client.SendAsync("more", proxy.AddressOf());
        await one.ExpectAsync("more");
    }

    [Fact]
    public async Task A_reload_goes_on_with_what_it_leaves_as_it_was_and_begins_anew_with_another_check()
    {
        var address = TestUpstream.Nowhere();
        await using var proxy = Start(s_check with { Interval = TimeSpan.FromHours(1) }, Cluster(address));
        var health = StateOf(proxy).Probed;
        await UntilAsync(() => health.Failures == 1);

        await ReloadAsync(proxy, cluster => cluster with { DrainTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal((ProbedStatus.Down, 1), (health.Status, health.Failures));

        using var upstream = new TestUpstream(address);
        await ReloadAsync(proxy, cluster => cluster with { HealthCheck = new() { Active = s_check with { Interval = TimeSpan.FromHours(1), Expect = "x", Rise = 100 } } });
        using var probe = await AcceptAsync(upstream);
        Assert.Equal((ProbedStatus.Down, 1), (health.Status, health.Failures));
        await probe.SendAsync("x");
        await UntilAsync(() => health.TakesNew);
    }

    [Fact]
    public async Task Another_address_to_probe_is_another_check()
    {
        using var upstream = new TestUpstream();
        var seldom = s_check with { Interval = TimeSpan.FromHours(1), Rise = 100 };
        var destination = new L4Destination { Address = AddressOf(upstream.Address), HealthAddress = AddressOf(TestUpstream.Nowhere()) };
        await using var proxy = Start(seldom, new L4Cluster { Destinations = Map(("d0", destination)) });
        var health = StateOf(proxy).Probed;
        await UntilAsync(() => !health.TakesNew);
        await ReloadAsync(proxy, cluster => cluster with { Destinations = Map(("d0", destination with { HealthAddress = null })) });
        await UntilAsync(() => health.TakesNew);
        Assert.Equal((1, 1), (health.Successes, health.Failures));
    }

    [Fact]
    public async Task Where_nothing_is_probed_any_more_all_of_it_may_be_picked()
    {
        await using var proxy = Start(s_check, Cluster(TestUpstream.Nowhere()));
        var health = StateOf(proxy).Probed;
        await UntilAsync(() => !health.TakesNew);
        await ReloadAsync(proxy, cluster => cluster with { HealthCheck = null });
        Assert.True(health.TakesNew);
        Assert.Equal(["DestinationDown", "DestinationUp"], Events(proxy));
    }

    [Fact]
    public async Task What_a_probe_says_while_its_check_is_taken_away_is_said_of_nobody()
    {
        using var upstream = new TestUpstream();
        await using var proxy = Start(s_check with { Expect = "x" }, Cluster(upstream.Address));
        var probed = proxy.Server.Snapshot.Clusters["up"];
        await ReloadAsync(proxy, cluster => cluster with { HealthCheck = null });
        var bare = proxy.Server.Snapshot.Clusters["up"];
        var health = StateOf(proxy).Probed;
        using var clock = new CoarseClock(TimeProvider.System, _ => { });
        var monitor = new HealthMonitor(new Prober(Budgets.Endless(), TimeProvider.System), clock, NullLogger<HealthMonitor>.Instance);
        monitor.Apply([probed]);
        using var probe = await upstream.AcceptAsync();

        IEnumerable<ClusterModel> BareAndThenAnother()
        {
            yield return bare;
            probe.HalfClose();
            // It is called off, or is heard.
            SpinWait.SpinUntil(() => health.Failures > 0, TimeSpan.FromSeconds(1));
        }

        monitor.Apply(BareAndThenAnother());
        Assert.True(health.TakesNew);
        monitor.Stop();
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("disabled")]
    [InlineData("stopped")]
    public async Task No_probe_goes_on_of_one_that_is(string what)
    {
        using var upstream = new TestUpstream();
        var cluster = Cluster(upstream.Address, upstream.Address);
        await using var proxy = Start(s_check with { Expect = "x" }, cluster with { Destinations = Map(("d0", cluster.Destinations!["d0"])) });
        var state = StateOf(proxy);
        using var probe = await AcceptAsync(upstream);

        if (what == "removed")
            await ReloadAsync(proxy, cluster => cluster with { Destinations = Map(("other", new L4Destination { Address = AddressOf(TestUpstream.Nowhere()) })) });
        else if (what == "disabled")
            await ReloadAsync(proxy, cluster => cluster with { Destinations = Map(("d0", cluster.Destinations!["d0"] with { Enabled = false })) });
        else
            proxy.Server.BeginStop();

        await probe.ExpectFinAsync();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.False(upstream.Listener.Poll(0, SelectMode.SelectRead));
        Assert.Null(state.Probed.Last);
    }

    [Fact]
    public async Task Never_are_there_two_probes_of_one_destination()
    {
        using var upstream = new TestUpstream();
        await using var proxy = Start(s_check with { Expect = "x" }, Cluster(upstream.Address));
        for (var i = 0; i < 5; i++)
        {
            using var probe = await AcceptAsync(upstream);
            _time.Advance(TimeSpan.FromMinutes(7));
            Assert.False(upstream.Listener.Poll(0, SelectMode.SelectRead));
            _time.Advance(TimeSpan.FromMinutes(3));
            await UntilAsync(() => StateOf(proxy).Probed.Failures == i + 1);
        }
    }

    [Fact]
    public async Task There_are_64_probes_at_once_and_the_time_of_others_begins_when_they_do()
    {
        using var upstream = new TestUpstream();
        const int count = 100;
        var destinations = Enumerable.Range(0, count).Select(i => ($"d{i}", new L4Destination { Address = AddressOf(upstream.Address) })).ToArray();
        await using var proxy = Start(
            s_check with { Interval = TimeSpan.FromHours(10), Expect = "x" }, new L4Cluster { Destinations = Map(destinations) });
        var probes = new List<TestPeer>();
        while (probes.Count < 64)
            probes.Add(await AcceptAsync(upstream, stepMilliseconds: 10));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(upstream.Listener.Poll(0, SelectMode.SelectRead));

        foreach (var probe in probes.ToList())
        {
            await probe.SendAsync("x");
            if (probes.Count == count)
                continue;
            probes.Add(await upstream.AcceptAsync());
            _time.Advance(TimeSpan.FromSeconds(5));
        }
        await UntilAsync(() => StatesOf(proxy).Sum(state => state.Probed.Successes) == 64);
        // More than the ten minutes in all, and fewer for each.
        _time.Advance(TimeSpan.FromMinutes(4));
        foreach (var probe in probes.Skip(64))
            await probe.SendAsync("x");
        await UntilAsync(() => StatesOf(proxy).All(state => state.Probed.Successes == 1));
        Assert.All(StatesOf(proxy), state => Assert.Equal(0, state.Probed.Failures));
        probes.ForEach(probe => probe.Dispose());
    }

    [Fact]
    public async Task An_agent_drains_caps_and_weighs()
    {
        using var agent = new TestUpstream();
        using var upstream = new TestUpstream();
        await using var proxy = Start(s_check with { Type = L4HealthCheckType.Agent, Interval = TimeSpan.FromSeconds(1) },
            new L4Cluster { Destinations = Map(("d0", new L4Destination { Address = AddressOf(upstream.Address), HealthAddress = AddressOf(agent.Address) })) });
        var state = StateOf(proxy);

        await SayAsync(agent, "maxconn:1 30%\n");
        await UntilAsync(() => state.Probed.MaxConnections == 1);
        Assert.Equal((true, 30), (state.Probed.TakesNew, state.Probed.WeightPercent));
        using (var client = await proxy.ConnectAsync())
        {
            using var server = await upstream.AcceptAsync();
            using var another = await proxy.ConnectAsync();
            await another.ExpectResetAsync();
            Assert.Equal(L4EndReason.DestinationsFull, (await proxy.NextRecordAsync()).EndReason);

            await SayAsync(agent, "drain 100%\n");
            await UntilAsync(() => state.Probed.Status == ProbedStatus.Draining);
            await client.SendAsync("kept");
            await server.ExpectAsync("kept");
            using var late = await proxy.ConnectAsync();
            await late.ExpectResetAsync();
            Assert.Equal(L4EndReason.NoDestination, (await proxy.NextRecordAsync()).EndReason);
        }

        await SayAsync(agent, "maint\n");
        await UntilAsync(() => state.Probed.Status == ProbedStatus.Maintenance);
        await SayAsync(agent, "ready up\n");
        await UntilAsync(() => state.Probed.TakesNew);
        Assert.Equal(["DestinationDraining", "DestinationInMaintenance", "DestinationUp"], Events(proxy));
        Assert.Equal((1, false), (state.Downs, state.Since == DestinationState.Always));
    }

    [Fact]
    public async Task An_agent_that_says_nothing_changes_nothing_and_is_named_once_a_minute()
    {
        await using var proxy = Start(s_check with { Type = L4HealthCheckType.Agent, Interval = TimeSpan.FromSeconds(1) }, Cluster(TestUpstream.Nowhere()));
        await UntilAsync(() => Count(proxy, "ProbeSaysNothing") == 2);
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(600));
        Assert.True(StateOf(proxy).Probed.TakesNew);
        Assert.Empty(Events(proxy));
    }

    private static DestinationState[] StatesOf(TestProxy proxy) => Array.ConvertAll(proxy.Server.Snapshot.Clusters["up"].Destinations, destination => destination.State);

    private static DestinationState StateOf(TestProxy proxy) => StatesOf(proxy)[0];

    private static int Count(TestProxy proxy, string eventName) => proxy.Log.Lines.Count(line => line.Contains($" {eventName}: ", StringComparison.Ordinal));

    private static string[] Events(TestProxy proxy) =>
        [.. proxy.Log.Lines.Select(line => line.Split(' ')[2].TrimEnd(':')).Where(name => name.StartsWith("Destination", StringComparison.Ordinal))];

    private static async Task ReloadAsync(TestProxy proxy, Func<L4Cluster, L4Cluster> change)
    {
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        var config = proxy.Server.Snapshot.Config;
        proxy.Provider.Update(config with { Clusters = Map(("up", change(config.Clusters!["up"]))) });
        await applied;
    }

    /// <summary>Of those that connect one says this; the others are probes.</summary>
    private static async Task AnyAsync(TestUpstream upstream, string said)
    {
        while (true)
        {
            using var server = await upstream.AcceptAsync();
            if (await server.ReceiveSomeAsync(new byte[said.Length]) > 0)
                return;
        }
    }

    private TestProxy Start(L4ActiveHealthCheck check, L4Cluster cluster, string url = "tcp://127.0.0.1:0") => TestProxy.Start(
        new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = url })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", cluster with { HealthCheck = new() { Active = check } })),
        },
        services => services.AddSingleton<TimeProvider>(_time));

    private async Task SayAsync(TestUpstream agent, string line)
    {
        using var asked = await AcceptAsync(agent);
        await asked.SendAsync(line);
    }

    /// <summary>The next probe, when its time has come.</summary>
    private async Task<TestPeer> AcceptAsync(TestUpstream upstream, int stepMilliseconds = 120)
    {
        await UntilAsync(() => upstream.Listener.Poll(0, SelectMode.SelectRead), stepMilliseconds);
        return await upstream.AcceptAsync();
    }

    /// <summary>Lets time pass, an interval and more for each look.</summary>
    private async Task UntilAsync(Func<bool> condition, int stepMilliseconds = 120)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var start = Stopwatch.GetTimestamp(); !condition(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TestPeer.Patience, "it did not come to pass in time");
            _time.Advance(TimeSpan.FromMilliseconds(stepMilliseconds));
        }
    }
}
