using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>What a reload does to live connections whose endpoint or destination it takes away, and what if it gives it back. Time is the test's.</summary>
public sealed class DrainTests : IDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_nearly = TimeSpan.FromSeconds(20);

    private readonly TestUpstream _upstream = new();
    private readonly TestUpstream _other = new();
    private readonly ManualTimeProvider _time = new();
    private readonly L4Config _config;

    public DrainTests() => _config = To(_upstream.Address) with
    {
        Endpoints = Map(("in", new L4Endpoint { Url = $"tcp://127.0.0.1:{FreePorts.Next()}" })),
    };

    /// <summary>The endpoint is another one.</summary>
    private L4Config WithoutEndpoint => _config with { Endpoints = Map(("other", new L4Endpoint { Url = "tcp://127.0.0.1:0" })) };

    /// <summary>The cluster leads elsewhere.</summary>
    private L4Config WithoutDestination => _config with { Clusters = Map(("up", Cluster(_other.Address))) };

    private L4Config Disabled => _config with
    {
        Clusters = Map(("up", new L4Cluster
        {
            Destinations = Map(
                ("d0", _config.Clusters!["up"].Destinations!["d0"] with { Enabled = false }),
                ("d1", new L4Destination { Address = _other.Address.ToString() })),
        })),
    };

    private L4Config WithoutCluster => _config with { Routes = null, Clusters = null };

    private L4Config WithoutEither => WithoutDestination with { Endpoints = WithoutEndpoint.Endpoints };

    public void Dispose()
    {
        _upstream.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData(nameof(WithoutEndpoint), L4EndReason.EndpointRemoved)]
    [InlineData(nameof(WithoutDestination), L4EndReason.DestinationRemoved)]
    [InlineData(nameof(WithoutCluster), L4EndReason.DestinationRemoved)]
    [InlineData(nameof(Disabled), L4EndReason.DestinationRemoved)]
    public async Task What_is_taken_away_drains_and_is_then_cut(string change, L4EndReason reason)
    {
        await using var proxy = Start();
        var (client, server) = await OpenAsync(proxy);
        await ApplyAsync(proxy, change);
        _time.Advance(s_nearly);
        await TalkAsync(client, server);
        _time.Advance(s_drain - s_nearly + TimeSpan.FromMilliseconds(200));
        await client.ExpectResetAsync();
        await server.ExpectResetAsync();
        Assert.Equal(reason, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(nameof(WithoutEndpoint))]
    [InlineData(nameof(WithoutDestination))]
    [InlineData(nameof(WithoutCluster))]
    [InlineData(nameof(Disabled))]
    public async Task What_comes_back_while_it_drains_keeps_its_connections(string change)
    {
        await using var proxy = Start();
        var (client, server) = await OpenAsync(proxy);
        await ApplyAsync(proxy, change);
        _time.Advance(s_nearly);
        await ApplyAsync(proxy, _config);
        _time.Advance(3 * s_drain);
        await TalkAsync(client, server);
        // It is the same destination again: what is connected to it counts.
        Assert.Equal(1, proxy.Server.Snapshot.Clusters["up"].Destinations[0].State.Active);
    }

    [Theory]
    [InlineData(nameof(WithoutDestination), L4EndReason.DestinationRemoved)]
    [InlineData(nameof(WithoutEndpoint), L4EndReason.EndpointRemoved)]
    public async Task Of_two_that_are_taken_away_the_one_that_comes_back_does_not_save_the_connection(string left, L4EndReason reason)
    {
        await using var proxy = Start();
        var (client, server) = await OpenAsync(proxy);
        await ApplyAsync(proxy, nameof(WithoutEither));
        await ApplyAsync(proxy, left);
        _time.Advance(s_drain + TimeSpan.FromMilliseconds(200));
        await client.ExpectResetAsync();
        await server.ExpectResetAsync();
        Assert.Equal(reason, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(nameof(WithoutEndpoint))]
    [InlineData(nameof(WithoutDestination))]
    [InlineData(nameof(Disabled))]
    public async Task A_later_reload_does_not_postpone_a_drain(string change)
    {
        await using var proxy = Start();
        var (client, _) = await OpenAsync(proxy);
        await ApplyAsync(proxy, change);
        _time.Advance(s_nearly);
        await ApplyAsync(proxy, change);
        _time.Advance(s_drain - s_nearly + TimeSpan.FromMilliseconds(200));
        await client.ExpectResetAsync();
    }

    [Theory]
    [InlineData(nameof(WithoutEndpoint), false)]
    [InlineData(nameof(WithoutDestination), false)]
    [InlineData(nameof(WithoutDestination), true)]
    [InlineData(nameof(WithoutCluster), false)]
    public async Task A_drain_takes_as_long_as_the_configuration_says_now_and_not_when_the_connection_began(string change, bool isAtOnce)
    {
        await using var proxy = Start();
        var (client, server) = await OpenAsync(proxy);
        var longer = _config with
        {
            Endpoints = Map(("in", _config.Endpoints!["in"] with { DrainTimeout = 3 * s_drain })),
            Clusters = Map(("up", _config.Clusters!["up"] with { DrainTimeout = 3 * s_drain })),
        };
        if (isAtOnce)
            longer = longer with { Clusters = Map(("up", Cluster(_other.Address) with { DrainTimeout = 3 * s_drain })) };
        await ApplyAsync(proxy, longer);
        if (!isAtOnce)
            await ApplyAsync(proxy, change switch
            {
                nameof(WithoutEndpoint) => longer with { Endpoints = WithoutEndpoint.Endpoints },
                nameof(WithoutDestination) => longer with { Clusters = Map(("up", longer.Clusters!["up"] with { Destinations = WithoutDestination.Clusters!["up"].Destinations })) },
                _ => longer with { Routes = null, Clusters = null },
            });
        _time.Advance(2 * s_drain);
        await TalkAsync(client, server);
        _time.Advance(s_drain + TimeSpan.FromMilliseconds(200));
        await client.ExpectResetAsync();
    }

    [Fact]
    public async Task What_is_taken_away_a_second_time_gets_its_time_anew()
    {
        await using var proxy = Start();
        var (client, server) = await OpenAsync(proxy);
        await ApplyAsync(proxy, nameof(Disabled));
        _time.Advance(s_nearly);
        await ApplyAsync(proxy, _config);
        await ApplyAsync(proxy, nameof(Disabled));
        _time.Advance(s_nearly);
        await TalkAsync(client, server);
        _time.Advance(s_drain - s_nearly + TimeSpan.FromMilliseconds(200));
        await client.ExpectResetAsync();
    }

    [Fact]
    public async Task New_connections_go_elsewhere_while_a_disabled_destination_drains()
    {
        await using var proxy = Start();
        await OpenAsync(proxy);
        await ApplyAsync(proxy, nameof(Disabled));
        using var client = await proxy.ConnectAsync();
        using var server = await _other.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await ApplyAsync(proxy, _config);
        using var again = await proxy.ConnectAsync();
        using var first = await _upstream.AcceptAsync();
    }

    [Fact]
    public async Task A_destination_removed_while_it_is_dialled_drains_too()
    {
        var dials = new ScriptedDials(_upstream.Address);
        await using var proxy = Start(services => services.AddSingleton<SocketTransport>(dials));
        using var client = await proxy.ConnectAsync();
        var dial = await dials.NextAsync(_upstream.Address.ToString()!);
        await ApplyAsync(proxy, nameof(WithoutDestination));
        dial.Answer(TransportStatus.Ok);
        using var server = await _upstream.AcceptAsync();
        await TalkAsync(client, server);
        _time.Advance(s_drain + TimeSpan.FromMilliseconds(200));
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.DestinationRemoved, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task What_fails_once_a_configuration_is_in_force_is_not_said_to_have_kept_the_one_before()
    {
        await using var proxy = Start();
        await OpenAsync(proxy);
        var isBroken = true;
        proxy.Server.Applied += _ => isBroken = isBroken ? throw new InvalidOperationException("out of order") : false;
        var said = proxy.Log.WaitForAsync("ConfigIncomplete");
        proxy.Provider.Update(Disabled);
        Assert.Contains("Configuration 2 is in force, and a part of what it changes failed", await said, StringComparison.Ordinal);
        Assert.Equal(2, proxy.Server.Snapshot.Revision);
        using var client = await proxy.ConnectAsync();
        using var server = await _other.AcceptAsync();
        isBroken = false;
        await ApplyAsync(proxy, _config);
        Assert.DoesNotContain(proxy.Log.Lines, line => line.Contains("stays in force", StringComparison.Ordinal));
    }

    private TestProxy Start(Action<IServiceCollection>? configure = null) => TestProxy.Start(_config, services =>
    {
        services.AddSingleton<TimeProvider>(_time);
        configure?.Invoke(services);
    });

    private Task ApplyAsync(TestProxy proxy, string change) => ApplyAsync(proxy, change switch
    {
        nameof(WithoutEndpoint) => WithoutEndpoint,
        nameof(WithoutDestination) => WithoutDestination,
        nameof(WithoutCluster) => WithoutCluster,
        nameof(WithoutEither) => WithoutEither,
        _ => Disabled,
    });

    private static async Task ApplyAsync(TestProxy proxy, L4Config config)
    {
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(config);
        await applied;
    }

    private async Task<(TestPeer Client, TestPeer Server)> OpenAsync(TestProxy proxy)
    {
        var client = await proxy.ConnectAsync();
        var server = await _upstream.AcceptAsync();
        await TalkAsync(client, server);
        return (client, server);
    }

    private static async Task TalkAsync(TestPeer client, TestPeer server)
    {
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
    }
}
