using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>How flows end for another reason than their own traffic, and what is dropped without one. The rest is in <see cref="UdpProxyTests"/>.</summary>
public sealed class UdpTeardownTests : IDisposable
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(300);

    private readonly TestDatagrams _server = new();
    private readonly TestDatagrams _client = new();

    [Fact]
    public async Task A_flow_ends_after_MaxLifetime_however_busy()
    {
        await using var proxy = TestProxy.Start(Udp(Cluster(_server.Address) with { Timeouts = new L4Timeouts { MaxLifetime = s_short } }));
        await OpenAsync(proxy);
        Assert.Equal(L4EndReason.LifetimeReached, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_flow_of_a_removed_destination_ends_after_its_drain()
    {
        using var other = new TestDatagrams();
        var config = Udp(Cluster(_server.Address) with { DrainTimeout = s_short });
        await using var proxy = TestProxy.Start(config);
        await OpenAsync(proxy);
        proxy.Provider.Update(config with { Clusters = Map(("up", Cluster(other.Address) with { DrainTimeout = s_short })) });
        Assert.Equal(L4EndReason.DestinationRemoved, (await proxy.NextRecordAsync()).EndReason);
        await _client.SendAsync("next", proxy.AddressOf());
        await other.ExpectAsync("next");
    }

    [Fact]
    public async Task A_flow_of_a_disabled_destination_ends_after_its_drain()
    {
        using var other = new TestDatagrams();
        var cluster = Cluster(_server.Address, other.Address) with { DrainTimeout = s_short };
        await using var proxy = TestProxy.Start(Udp(cluster));
        await OpenAsync(proxy);
        var off = Map(("d0", cluster.Destinations!["d0"] with { Enabled = false }), ("d1", cluster.Destinations["d1"]));
        proxy.Provider.Update(Udp(cluster with { Destinations = off }));
        Assert.Equal(L4EndReason.DestinationRemoved, (await proxy.NextRecordAsync()).EndReason);
        await _client.SendAsync("next", proxy.AddressOf());
        await other.ExpectAsync("next");
    }

    [Fact]
    public async Task A_stop_ends_flows_that_have_fallen_silent()
    {
        await using var proxy = TestProxy.Start(Udp(Cluster(_server.Address)) with { ShutdownTimeout = TimeSpan.FromMinutes(1) });
        var address = proxy.AddressOf();
        var flow = await OpenAsync(proxy);
        var stopped = proxy.Server.StopAsync(TestContext.Current.CancellationToken);

        // New clients are not served any more; the flow that is there is.
        using var late = new TestDatagrams();
        await late.SendAsync("late", address);
        await _client.SendAsync("still there", address);
        Assert.Equal(flow, await _server.ExpectAsync("still there"));

        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        await stopped.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        Assert.True(_server.IsEmpty);
    }

    [Fact]
    public async Task A_flow_that_is_there_when_ShutdownTimeout_is_over_is_cut()
    {
        await using var proxy = TestProxy.Start(Udp(Cluster(_server.Address)) with { ShutdownTimeout = s_short });
        await OpenAsync(proxy);
        await proxy.Server.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(L4EndReason.Shutdown, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData("no-such-host.invalid:1", true, L4EndReason.ResolveFailed)]
    [InlineData("127.0.0.1:1", false, L4EndReason.NoDestination)]
    public async Task A_flow_without_a_destination_ends_at_once(string address, bool enabled, L4EndReason reason)
    {
        await using var proxy = TestProxy.Start(Udp(
            new L4Cluster { Destinations = Map(("d", new L4Destination { Address = address, Enabled = enabled })) }));
        await _client.SendAsync("hello", proxy.AddressOf());
        Assert.Equal(reason, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(0, proxy.Get<UdpServer>().Count);
    }

    [Fact]
    public async Task A_name_that_cannot_be_looked_up_is_said_as_it_was_asked_for_with_the_reason()
    {
        AddressLookup lookup = _ => Task.FromResult<IPAddress[]>([]);
        var destinations = Map(("d", new L4Destination { Address = "up.internal:{port}" }));
        await using var proxy = TestProxy.Start(Udp(new L4Cluster { Destinations = destinations }), services => services.AddSingleton(lookup));
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        await _client.SendAsync("hello", proxy.AddressOf());
        Assert.Contains(
            $"at up.internal:{((IPEndPoint)proxy.AddressOf()).Port}: ResolveFailed The name has no address.", await failed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_no_further_is_counted_with_its_reason()
    {
        var config = Udp(Cluster(_server.Address) with { Udp = new L4Udp { MaxDatagram = 100 } });
        config = config with { Routes = Map(("all", config.Routes!["all"] with { Match = new L4Match { ClientAddresses = ["127.0.0.1/32"] } })) };
        await using var proxy = TestProxy.Start(config);
        using var counts = new DatagramCounts(proxy);
        using var stranger = new TestDatagrams(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        await stranger.SendAsync("hello", proxy.AddressOf());
        await _client.SendAsync(new byte[101], proxy.AddressOf());
        var flow = await OpenAsync(proxy);
        await _server.SendAsync(new byte[101], flow);
        await _server.SendAsync("an answer", flow);
        await _client.ExpectAsync("an answer");
        await counts.WaitForAsync("up", 3);

        Assert.Equal(1, counts["up", DatagramOutcome.NoRoute]);
        Assert.Equal(1, counts["up", DatagramOutcome.TooLarge]);
        await counts.ExpectAsync("up", DatagramOutcome.Relayed, 1);
        Assert.Equal(1, counts["down", DatagramOutcome.TooLarge]);
    }

    [Fact]
    public async Task A_flow_that_waits_for_a_name_keeps_16_datagrams_in_order_and_delays_nobody()
    {
        const int kept = 16;
        const int dropped = 4;
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        AddressLookup lookup = _ => answer.Task;
        using var other = new TestDatagrams();
        var config = Udp(Cluster(_server.Address)) with
        {
            Routes = Map(
                ("named", new L4Route { Endpoints = ["in"], ClusterId = "named", Match = new L4Match { ClientAddresses = ["127.0.0.9/32"] } }),
                ("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(
                ("named", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = $"slow.test:{other.Address.Port}" })) }),
                ("up", Cluster(_server.Address))),
        };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton(lookup));
        using var counts = new DatagramCounts(proxy);
        using var waiting = new TestDatagrams(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        for (var i = 0; i < kept + dropped; i++)
            await waiting.SendAsync($"{i}", proxy.AddressOf());
        await OpenAsync(proxy);
        await counts.WaitForAsync("up", kept + dropped + 1);
        Assert.Equal(dropped, counts["up", DatagramOutcome.QueueFull]);

        answer.SetResult([IPAddress.Loopback]);
        for (var i = 0; i < kept; i++)
            await other.ExpectAsync($"{i}");
        await waiting.SendAsync("next", proxy.AddressOf());
        await other.ExpectAsync("next");
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    private static L4Config Udp(L4Cluster cluster) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", cluster)),
    };

    private async Task<EndPoint> OpenAsync(TestProxy proxy)
    {
        await _client.SendAsync("hello", proxy.AddressOf());
        return await _server.ExpectAsync("hello");
    }
}
