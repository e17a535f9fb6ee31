using System.Net;
using System.Security.Cryptography;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>The walk of a flow on real sockets.</summary>
public sealed class UdpProxyTests : IDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(1); // As the coarse clock may be, and more.

    private readonly TestDatagrams _server = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_route_that_names_no_endpoint_serves_none_of_UDP()
    {
        await using var proxy = TestProxy.Start(Config.To(TestUpstream.Nowhere()) with
        {
            Endpoints = Config.Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" }), ("dns", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        });

        Assert.Equal(["all"], proxy.Server.Snapshot.Endpoints["in"].Routes.RouteIds);
        Assert.Empty(proxy.Server.Snapshot.Endpoints["dns"].Routes.RouteIds);
    }

    [Fact]
    [Trait("Row", "B1")]
    public async Task Datagrams_go_both_ways_and_each_client_keeps_its_own_flow()
    {
        await using var proxy = TestProxy.Start(Udp());
        using var one = new TestDatagrams();
        using var two = new TestDatagrams();
        await one.SendAsync("from one", proxy.AddressOf());
        var flowOfOne = await _server.ExpectAsync("from one");
        await two.SendAsync("from two", proxy.AddressOf());
        var flowOfTwo = await _server.ExpectAsync("from two");
        Assert.NotEqual(flowOfOne, flowOfTwo);
        await _server.SendAsync("to two", flowOfTwo);
        await _server.SendAsync("to one", flowOfOne);
        Assert.Equal(proxy.AddressOf(), await one.ExpectAsync("to one"));
        Assert.Equal(proxy.AddressOf(), await two.ExpectAsync("to two"));
        await one.SendAsync("again", proxy.AddressOf());
        Assert.Equal(flowOfOne, await _server.ExpectAsync("again"));
    }

    [Fact]
    public async Task The_longest_datagram_and_an_empty_one_pass_whole()
    {
        await using var proxy = TestProxy.Start(Udp());
        using var client = new TestDatagrams();
        foreach (var size in new[] { 65507, 0, 1500 })
        {
            var datagram = RandomNumberGenerator.GetBytes(size);
            await client.SendAsync(datagram, proxy.AddressOf());
            var (received, flow) = await _server.ReceiveAsync();
            Assert.Equal(datagram, received);
            await _server.SendAsync(datagram, flow);
            Assert.Equal(datagram, (await client.ReceiveAsync()).Datagram);
        }
    }

    [Fact]
    public async Task What_is_longer_than_MaxDatagram_is_dropped_whole_both_ways()
    {
        await using var proxy = TestProxy.Start(Udp(new L4Udp { MaxDatagram = 100 }));
        using var client = new TestDatagrams();
        await client.SendAsync(new byte[101], proxy.AddressOf());
        await client.SendAsync("short", proxy.AddressOf());
        var flow = await _server.ExpectAsync("short");
        await client.SendAsync(new byte[101], proxy.AddressOf());
        await client.SendAsync("again", proxy.AddressOf());
        await _server.ExpectAsync("again");
        await _server.SendAsync(new byte[101], flow);
        await _server.SendAsync("reply", flow);
        await client.ExpectAsync("reply");
    }

    [Fact]
    public async Task A_flow_ends_when_silent_both_ways_and_its_record_says_so()
    {
        await using var proxy = StartTimed(Udp(timeouts: new L4Timeouts { Idle = s_drain }));
        using var client = new TestDatagrams();
        await client.SendAsync("hello", proxy.AddressOf());
        var flow = await _server.ExpectAsync("hello");
        await _server.SendAsync("howdy!", flow);
        await client.ExpectAsync("howdy!");
        _time.Advance(s_drain + s_late);
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.IdleTimeout, 5L, 6L), (record.EndReason, record.BytesUp, record.BytesDown));
        await client.SendAsync("anew", proxy.AddressOf());
        Assert.NotEqual(flow, await _server.ExpectAsync("anew"));
    }

    [Fact]
    public async Task A_server_that_only_pushes_keeps_its_flow()
    {
        // Four times the idle time; with L4PROXY_SOAK=1, minutes at the default one.
        var soak = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1";
        var (idle, every, pushes) = soak ? (60_000, 1_000, 150) : (2_000, 100, 80);
        await using var proxy = TestProxy.Start(Udp(timeouts: new L4Timeouts { Idle = TimeSpan.FromMilliseconds(idle) }));
        using var client = new TestDatagrams();
        await client.SendAsync("subscribe", proxy.AddressOf());
        var flow = await _server.ExpectAsync("subscribe");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(every));
        for (var i = 0; i < pushes; i++)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await _server.SendAsync($"push {i}", flow);
            await client.ExpectAsync($"push {i}");
        }
    }

    [Fact]
    public async Task Responses_end_the_flow()
    {
        await using var proxy = TestProxy.Start(Udp(new L4Udp { Responses = 1 }));
        using var client = new TestDatagrams();
        await client.SendAsync("question", proxy.AddressOf());
        await _server.SendAsync("answer", await _server.ExpectAsync("question"));
        await client.ExpectAsync("answer");
        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_destination_that_is_not_there_ends_the_flow_and_is_found_again_when_it_is_back()
    {
        using var gone = new TestDatagrams();
        var address = gone.Address;
        gone.Dispose();
        await using var proxy = TestProxy.Start(Udp() with { Clusters = Map(("up", Cluster(address))) });
        using var client = new TestDatagrams();
        await client.SendAsync("lost", proxy.AddressOf());
        Assert.Equal(L4EndReason.UpstreamRefused, (await proxy.NextRecordAsync()).EndReason);
        using var back = new TestDatagrams(address);
        await client.SendAsync("hello", proxy.AddressOf());
        await back.SendAsync("howdy", await back.ExpectAsync("hello"));
        await client.ExpectAsync("howdy");
    }

    [Fact]
    public async Task At_MaxSessions_new_flows_are_refused_and_those_there_are_go_on()
    {
        await using var proxy = TestProxy.Start(Udp(limits: new L4Limits { MaxSessions = 2 }));
        using var one = new TestDatagrams();
        using var two = new TestDatagrams();
        await one.SendAsync("1", proxy.AddressOf());
        await _server.ExpectAsync("1");
        await two.SendAsync("2", proxy.AddressOf());
        await _server.ExpectAsync("2");
        for (var i = 0; i < 200; i++)
        {
            using var flood = new TestDatagrams();
            await flood.SendAsync("flood", proxy.AddressOf());
        }
        await one.SendAsync("1 again", proxy.AddressOf());
        await _server.SendAsync("yes", await _server.ExpectAsync("1 again"));
        await one.ExpectAsync("yes");
        Assert.Equal(2, proxy.Get<UdpServer>().Count);
    }

    [Fact]
    public async Task Flows_of_one_client_address_share_a_destination_with_SourceIp()
    {
        using var other = new TestDatagrams();
        await using var proxy = TestProxy.Start(Udp() with
        {
            Clusters = Map(("up", Cluster(_server.Address, other.Address) with
            {
                LoadBalancingPolicy = "RoundRobin", Udp = new L4Udp { Affinity = L4UdpAffinity.SourceIp },
            })),
        });
        var clients = Enumerable.Range(0, 6).Select(_ => new TestDatagrams()).ToList();
        foreach (var client in clients)
            await client.SendAsync("hello", proxy.AddressOf());
        var taken = await Task.WhenAny(_server.ReceiveAsync(), other.ReceiveAsync());
        var server = (await taken).From is not null && !_server.IsEmpty ? _server : other.IsEmpty ? _server : other;
        for (var i = 1; i < clients.Count; i++)
            await server.ExpectAsync("hello");
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Flows_survive_a_reload_and_a_removed_endpoint_drains()
    {
        var config = Udp();
        config = config with { Endpoints = Map(("in", config.Endpoints!["in"] with { DrainTimeout = s_drain })) };
        await using var proxy = StartTimed(config);
        using var client = new TestDatagrams();
        var address = proxy.AddressOf();
        await client.SendAsync("hello", address);
        var flow = await _server.ExpectAsync("hello");

        await ApplyAsync(proxy, config with { Routes = Map(("renamed", config.Routes!["all"])) });
        await client.SendAsync("after a reload", address);
        Assert.Equal(flow, await _server.ExpectAsync("after a reload"));

        await ApplyAsync(proxy, config with { Endpoints = Map(("other", new L4Endpoint { Url = "udp://127.0.0.1:0" })), Routes = Map(("all", config.Routes["all"] with { Endpoints = ["other"] })) });
        await client.SendAsync("draining", address);
        Assert.Equal(flow, await _server.ExpectAsync("draining"));
        await _server.SendAsync("reply", flow);
        Assert.Equal(address, await client.ExpectAsync("reply"));
        _time.Advance(s_drain + s_late);
        Assert.Equal(L4EndReason.EndpointRemoved, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task An_endpoint_that_comes_back_while_it_drains_gets_its_socket_back()
    {
        var port = FreePorts.Next();
        var config = Udp() with { Endpoints = Map(("in", new L4Endpoint { Url = $"udp://127.0.0.1:{port}" })) };
        await using var proxy = TestProxy.Start(config);
        using var client = new TestDatagrams();
        await client.SendAsync("hello", proxy.AddressOf());
        var flow = await _server.ExpectAsync("hello");
        await ApplyAsync(proxy, new L4Config());
        await ApplyAsync(proxy, config);
        await client.SendAsync("still", proxy.AddressOf());
        Assert.Equal(flow, await _server.ExpectAsync("still"));
        using var another = new TestDatagrams();
        await another.SendAsync("new", proxy.AddressOf());
        await _server.ExpectAsync("new");
    }

    [Fact]
    public async Task Flows_of_an_endpoint_that_comes_back_outlive_its_DrainTimeout()
    {
        var config = Udp();
        var port = FreePorts.Next();
        config = config with { Endpoints = Map(("in", new L4Endpoint { Url = $"udp://127.0.0.1:{port}", DrainTimeout = s_drain })) };
        await using var proxy = StartTimed(config);
        using var client = new TestDatagrams();
        await client.SendAsync("hello", proxy.AddressOf());
        var flow = await _server.ExpectAsync("hello");
        await ApplyAsync(proxy, new L4Config { Clusters = config.Clusters });
        await ApplyAsync(proxy, config);
        await StaysAsync(proxy, client, flow);
    }

    [Fact]
    public async Task Flows_of_a_destination_that_comes_back_outlive_the_clusters_DrainTimeout()
    {
        using var other = new TestDatagrams();
        var config = Udp() with { Clusters = Map(("up", Cluster(_server.Address) with { DrainTimeout = s_drain })) };
        await using var proxy = StartTimed(config);
        using var client = new TestDatagrams();
        await client.SendAsync("hello", proxy.AddressOf());
        var flow = await _server.ExpectAsync("hello");
        await ApplyAsync(proxy, config with { Clusters = Map(("up", Cluster(other.Address))) });
        await ApplyAsync(proxy, config);
        await StaysAsync(proxy, client, flow);
    }

    [Fact]
    public async Task A_destination_that_stays_away_ends_its_flows_though_their_endpoint_comes_back()
    {
        using var other = new TestDatagrams();
        var config = Udp() with { Clusters = Map(("up", Cluster(_server.Address) with { DrainTimeout = s_drain })) };
        config = config with { Endpoints = Map(("in", new L4Endpoint { Url = $"udp://127.0.0.1:{FreePorts.Next()}", DrainTimeout = s_drain / 2 })) };
        await using var proxy = StartTimed(config);
        using var client = new TestDatagrams();
        await client.SendAsync("hello", proxy.AddressOf());
        await _server.ExpectAsync("hello");
        await ApplyAsync(proxy, new L4Config());
        await ApplyAsync(proxy, config with { Clusters = Map(("up", Cluster(other.Address))) });
        _time.Advance(s_drain + s_late);
        Assert.Equal(L4EndReason.DestinationRemoved, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public async Task A_reload_changes_MaxSessions(int before, int after)
    {
        await using var proxy = TestProxy.Start(Udp(limits: new L4Limits { MaxSessions = before }));
        var address = proxy.AddressOf();
        await ApplyAsync(proxy, Udp(limits: new L4Limits { MaxSessions = after }));
        using var counts = new DatagramCounts(proxy);
        var clients = Enumerable.Range(0, 5).Select(_ => new TestDatagrams()).ToList();
        foreach (var client in clients)
            await client.SendAsync("hello", address);
        await counts.WaitForAsync("up", clients.Count);
        Assert.Equal(after, counts["up", DatagramOutcome.Relayed]);
        Assert.Equal(5 - after, counts["up", DatagramOutcome.SessionsFull]);
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("udp://127.0.0.1:0", null, true)]
    [InlineData("udp://127.0.0.1:0", "in", false)]
    [InlineData("tcp://127.0.0.1:0", null, false)]
    [InlineData("tcp://127.0.0.1:0", "other", true)]
    public async Task An_endpoint_that_no_route_serves_is_a_warning(string url, string? route, bool warned)
    {
        var config = Udp();
        config = config with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = url }), ("other", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = route is null ? null : [route], ClusterId = "up" }), ("more", new L4Route { Endpoints = ["other"], Action = L4RouteAction.Reject, Order = 9 })),
        };
        await using var proxy = TestProxy.Start(config);
        Assert.Equal(warned, proxy.Log.Lines.Any(line => line.Contains("L4Proxy:Endpoints:in: No route serves it", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_endpoint_whose_ports_no_route_matches_is_a_warning()
    {
        var config = Udp();
        config = config with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = $"udp://127.0.0.1:{FreePorts.Next()}" })),
            Routes = Map(("all", config.Routes!["all"] with { Match = new L4Match { LocalPorts = ["1-2"] } })),
        };
        await using var proxy = TestProxy.Start(config);
        Assert.Contains(proxy.Log.Lines, line => line.Contains("L4Proxy:Endpoints:in: No route serves it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_no_route_takes_is_dropped_and_holds_nothing()
    {
        await using var proxy = TestProxy.Start(Udp() with
        {
            Routes = Map(("far", new L4Route { Endpoints = ["in"], ClusterId = "up", Match = new L4Match { ClientAddresses = ["10.0.0.0/8"] } })),
        });
        using var client = new TestDatagrams();
        for (var i = 0; i < 100; i++)
            await client.SendAsync("hello", proxy.AddressOf());
        Assert.Equal(0, proxy.Get<UdpServer>().Count);
        Assert.True(_server.IsEmpty);
    }

    [Theory]
    [Trait("Row", "B8")]
    [InlineData("Sni")]
    [InlineData("Alpn")]
    public void A_UDP_route_with_a_match_on_the_ClientHello_is_an_error(string key)
    {
        var match = key == "Sni" ? new L4Match { Sni = ["a.test"] } : new L4Match { Alpn = ["h2"] };
        var error = Assert.Throws<L4ConfigException>(() => TestProxy.Start(Udp() with
        {
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up", Match = match })),
        }));
        Assert.Equal($"L4Proxy:Routes:all:Match:{key}", Assert.Single(error.Errors).Path);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Questions and answers until the drain would long be over.</summary>
    private async Task StaysAsync(TestProxy proxy, TestDatagrams client, EndPoint flow)
    {
        for (var i = 0; i < 12; i++)
        {
            _time.Advance(s_drain / 4);
            await client.SendAsync("still", proxy.AddressOf());
            Assert.Equal(flow, await _server.ExpectAsync("still"));
            await _server.SendAsync("here", flow);
            await client.ExpectAsync("here");
        }
        Assert.False(proxy.Records.TryRead(out _));
    }

    private TestProxy StartTimed(L4Config config) => TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));

    private static async Task ApplyAsync(TestProxy proxy, L4Config config)
    {
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(config);
        await applied;
    }

    private L4Config Udp(L4Udp? udp = null, L4Timeouts? timeouts = null, L4Limits? limits = null) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Limits = limits })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", Cluster(_server.Address) with { Udp = udp, Timeouts = timeouts })),
    };
}
