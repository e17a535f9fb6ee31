using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Limits;

/// <summary>Limits of endpoints and routes, on sockets.</summary>
public sealed class LimitsTests : IDisposable
{
    private readonly TestUpstream _upstream = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _upstream.Dispose();

    private L4Config Config(L4Limits? ofEndpoint, L4Limits? ofRoute) => To(_upstream.Address) with
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0", Limits = ofEndpoint })),
        Routes = Map(("all", new L4Route { ClusterId = "up", Limits = ofRoute })),
    };

    private TestProxy Start(L4Config config) => TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));

    private async Task<(TestPeer Client, TestPeer Server)> ServeAsync(TestProxy proxy)
    {
        var client = await proxy.ConnectAsync();
        var server = await _upstream.AcceptAsync();
        await server.SendAsync("welcome");
        await client.ExpectAsync("welcome");
        return (client, server);
    }

    [Theory]
    [InlineData(true, L4EndReason.ConnectionLimitReached)]
    [InlineData(false, L4EndReason.ConnectionLimitReached)]
    [InlineData(true, L4EndReason.ClientLimitReached)]
    [InlineData(false, L4EndReason.ClientLimitReached)]
    [InlineData(true, L4EndReason.ConnectionRateReached)]
    [InlineData(false, L4EndReason.ConnectionRateReached)]
    public async Task Who_comes_beyond_a_limit_is_reset_and_the_others_go_on(bool isEndpoints, L4EndReason reason)
    {
        var limits = reason switch
        {
            L4EndReason.ConnectionLimitReached => new L4Limits { MaxConnections = 2 },
            L4EndReason.ClientLimitReached => new L4Limits { MaxConnectionsPerClient = 2 },
            _ => new L4Limits { ConnectionRate = new() { Permits = 2 } },
        };
        await using var proxy = Start(Config(isEndpoints ? limits : null, isEndpoints ? null : limits));
        var first = await ServeAsync(proxy);
        var second = await ServeAsync(proxy);
        for (var i = 0; i < 3; i++)
        {
            using var beyond = await proxy.ConnectAsync();
            await beyond.ExpectResetAsync();
            Assert.Equal(reason, (await proxy.NextRecordAsync()).EndReason);
        }
        await first.Client.SendAsync("still here");
        await first.Server.ExpectAsync("still here");

        first.Client.HalfClose();
        first.Server.HalfClose();
        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        _time.Advance(TimeSpan.FromSeconds(1));
        var third = await ServeAsync(proxy);
        foreach (var (client, server) in new[] { first, second, third })
        {
            client.Dispose();
            server.Dispose();
        }
    }

    [Fact]
    public async Task The_client_is_who_the_PROXY_header_names()
    {
        var config = Config(new() { MaxConnectionsPerClient = 1 }, ofRoute: null);
        var endpoint = config.Endpoints!["in"] with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.0/8"] } };
        await using var proxy = Start(config with { Endpoints = Map(("in", endpoint)) });
        using var one = await proxy.ConnectAsync();
        await one.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.9 1 2\r\nhello");
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        using var again = await proxy.ConnectAsync();
        await again.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.9 3 2\r\nhello");
        await again.ExpectResetAsync();
        using var other = await proxy.ConnectAsync();
        await other.SendAsync("PROXY TCP4 192.0.2.2 192.0.2.9 1 2\r\nhello");
        using var served = await _upstream.AcceptAsync();
        await served.ExpectAsync("hello");
    }

    [Fact]
    public async Task What_the_firewall_or_another_limit_refuses_takes_no_place()
    {
        var config = Config(new() { MaxConnections = 1 }, new() { ConnectionRate = new() { Permits = 1 } });
        await using var proxy = Start(config);
        var first = await ServeAsync(proxy);
        first.Client.Reset();
        Assert.Equal(L4EndReason.ClientReset, (await proxy.NextRecordAsync()).EndReason);
        for (var i = 0; i < 3; i++)
        {
            using var tooSoon = await proxy.ConnectAsync();
            await tooSoon.ExpectResetAsync();
            Assert.Equal(L4EndReason.ConnectionRateReached, (await proxy.NextRecordAsync()).EndReason);
        }
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await ServeAsync(proxy);
        second.Client.Dispose();
        first.Server.Dispose();
        second.Server.Dispose();
    }

    [Fact]
    public async Task A_reload_that_lowers_a_limit_cuts_nobody_and_lets_nobody_in()
    {
        await using var proxy = Start(Config(new() { MaxConnections = 10 }, ofRoute: null));
        var first = await ServeAsync(proxy);
        var second = await ServeAsync(proxy);
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(Config(new() { MaxConnections = 1 }, ofRoute: null));
        await applied;
        using var beyond = await proxy.ConnectAsync();
        await beyond.ExpectResetAsync();
        await second.Client.SendAsync("still here");
        await second.Server.ExpectAsync("still here");
        foreach (var (client, server) in new[] { first, second })
        {
            client.Dispose();
            server.Dispose();
        }
    }

    [Theory]
    [InlineData(true, nameof(DatagramOutcome.ConnectionLimitReached))]
    [InlineData(false, nameof(DatagramOutcome.ConnectionLimitReached))]
    [InlineData(true, nameof(DatagramOutcome.ClientLimitReached))]
    [InlineData(false, nameof(DatagramOutcome.ClientLimitReached))]
    [InlineData(true, nameof(DatagramOutcome.ConnectionRateReached))]
    [InlineData(false, nameof(DatagramOutcome.ConnectionRateReached))]
    public async Task A_flow_beyond_a_limit_is_not_begun(bool isEndpoints, string outcome)
    {
        var limits = outcome switch
        {
            nameof(DatagramOutcome.ConnectionLimitReached) => new L4Limits { MaxConnections = 1 },
            nameof(DatagramOutcome.ClientLimitReached) => new L4Limits { MaxConnectionsPerClient = 1 },
            _ => new L4Limits { ConnectionRate = new() { Permits = 1 } },
        };
        using var server = new TestDatagrams();
        await using var proxy = Start(new()
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Limits = isEndpoints ? limits : null })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up", Limits = isEndpoints ? null : limits })),
            Clusters = Map(("up", Cluster(server.Address))),
        });
        using var counts = new DatagramCounts(proxy);
        using var one = new TestDatagrams();
        using var other = new TestDatagrams();
        await one.SendAsync("one", proxy.AddressOf());
        await server.ExpectAsync("one");
        await other.SendAsync("other", proxy.AddressOf());
        await one.SendAsync("goes on", proxy.AddressOf());
        await server.ExpectAsync("goes on");
        await counts.ExpectAsync("up", Enum.Parse<DatagramOutcome>(outcome), 1);
        Assert.True(server.IsEmpty);
    }

    [Fact]
    public async Task A_flow_that_has_ended_makes_room()
    {
        using var server = new TestDatagrams();
        await using var proxy = Start(new()
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Limits = new() { MaxConnectionsPerClient = 1 } })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", Cluster(server.Address) with { Udp = new() { Responses = 1 } })),
        });
        for (var i = 0; i < 3; i++)
        {
            using var client = new TestDatagrams();
            await client.SendAsync("ask", proxy.AddressOf());
            var flow = await server.ExpectAsync("ask");
            await server.SendAsync("answer", flow);
            await client.ExpectAsync("answer");
            Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        }
    }
}
