using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>One test a row of docs/teardown.md.</summary>
public sealed class TeardownTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly TestUpstream _upstream = new();

    /// <summary>Of the tests in which something must happen before a limit is over.</summary>
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Both_sides_close_in_order()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
        await ExpectAsync(proxy, L4EndReason.Completed, up: 5, down: 5);
    }

    [Fact]
    public async Task Server_closes_first_and_the_client_can_still_send()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        server.HalfClose();
        await client.ExpectFinAsync();
        await client.SendAsync("late");
        await server.ExpectAsync("late");
        client.HalfClose();
        await server.ExpectFinAsync();
        await ExpectAsync(proxy, L4EndReason.Completed, up: 9, down: 5);
    }

    [Fact]
    public async Task Client_half_closes_and_gets_10_MB()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        var answer = RandomNumberGenerator.GetBytes(10_000_000);
        client.HalfClose();
        await server.ExpectFinAsync();
        var sending = server.SendAsync(answer);
        var received = client.ReceiveToEndAsync();
        await sending;
        server.HalfClose();
        Assert.Equal(answer, await received);
        await ExpectAsync(proxy, L4EndReason.Completed, up: 5, down: 5 + answer.Length);
    }

    [Fact]
    public async Task A_FIN_does_not_wait_for_an_answer_that_nobody_reads()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0", SendBuffer = 4096 })),
        });
        using var client = new TestPeer(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 });
        await client.Socket.ConnectAsync(proxy.AddressOf(), TestContext.Current.CancellationToken);
        using var server = await _upstream.AcceptAsync();
        var answer = RandomNumberGenerator.GetBytes(60_000);
        await server.SendAsync(answer);
        server.HalfClose();
        client.HalfClose();
        await server.ExpectFinAsync();
        Assert.Equal(answer, await client.ReceiveToEndAsync());
        await ExpectAsync(proxy, L4EndReason.Completed, up: 0, down: answer.Length);
    }

    [Fact]
    public async Task Client_resets()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        client.Reset();
        await server.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ClientReset, up: 5, down: 5);
    }

    [Fact]
    public async Task Server_resets()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        server.Reset();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.UpstreamReset, up: 5, down: 5);
    }

    [Fact]
    public async Task Client_half_closes_then_the_server_resets()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        client.HalfClose();
        await server.ExpectFinAsync();
        server.Reset();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.UpstreamReset, up: 5, down: 5);
    }

    [Fact]
    public async Task Server_half_closes_then_the_client_resets()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        server.HalfClose();
        await client.ExpectFinAsync();
        client.Reset();
        await server.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ClientReset, up: 5, down: 5);
    }

    [Fact]
    public async Task Client_closes_while_the_server_still_sends()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        client.Dispose(); // Nothing unread: FIN. What comes afterwards is answered with RST.
        await server.ExpectFinAsync();
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (;;)
                await server.SendAsync(new byte[65536]);
        });
        Assert.Equal(L4EndReason.ClientReset, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Server_closes_for_good_and_the_client_goes_on_sending()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        var (client, server) = await OpenAsync(proxy);
        server.Dispose(); // Nothing unread: FIN. What comes afterwards is answered with RST.
        await client.ExpectFinAsync();
        await client.ExpectResetAfterFinAsync();
        Assert.Equal(L4EndReason.UpstreamReset, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Client_vanishes_and_the_idle_timeout_ends_it()
    {
        await using var proxy = StartTimed(To(_upstream.Address, new L4Timeouts { Idle = s_limit }));
        var (client, server) = await OpenAsync(proxy);
        PassLimit();
        await server.ExpectResetAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.IdleTimeout, up: 5, down: 5);
    }

    [Fact]
    public async Task Half_closed_and_silent()
    {
        await using var proxy = StartTimed(To(_upstream.Address, new L4Timeouts { HalfClosed = s_limit }));
        var (client, server) = await OpenAsync(proxy);
        client.HalfClose();
        await server.ExpectFinAsync();
        PassLimit();
        await client.ExpectResetAsync();
        await server.ExpectResetAfterFinAsync();
        await ExpectAsync(proxy, L4EndReason.HalfClosedTimeout, up: 5, down: 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_one_way_keep_it_from_being_idle(bool up)
    {
        await using var proxy = StartTimed(To(_upstream.Address, new L4Timeouts { Idle = s_limit, MaxLifetime = 5 * s_limit }));
        var (client, server) = await OpenAsync(proxy);
        // Only one side speaks, for longer than the idle time: it is MaxLifetime that ends it.
        var (from, to) = up ? (client, server) : (server, client);
        for (var i = 1; i < 10; i++)
        {
            _time.Advance(s_limit / 2);
            await from.SendAsync("x");
            await to.ExpectAsync("x");
        }
        PassLimit();
        await from.ExpectResetAsync();
        await to.ExpectResetAsync();
        Assert.Equal(L4EndReason.LifetimeReached, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Nothing_listens()
    {
        await using var proxy = TestProxy.To(TestUpstream.Nowhere());
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ConnectRefused);
    }

    [Fact]
    public async Task Destination_does_not_answer()
    {
        using var full = new FullBacklog();
        await using var proxy = TestProxy.To(full.Address, new L4Timeouts { Connect = TimeSpan.FromMilliseconds(300) });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ConnectTimeout);
    }

    [Fact]
    public async Task Destination_has_no_address()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "no-such-host.invalid:1" })) })),
        });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ResolveFailed);
    }

    [Fact]
    public async Task Every_destination_is_off()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "127.0.0.1:1", Enabled = false })) })),
        });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.NoDestination);
    }

    [Fact]
    public async Task The_first_refuses_and_the_second_answers()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Clusters = Map(("up", Cluster(TestUpstream.Nowhere(), _upstream.Address))),
        });
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal(L4EndReason.Completed, record.EndReason);
        Assert.Equal("d1", record.Destination);
    }

    [Fact]
    public async Task Attempts_are_used_up()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Clusters = Map(("up", Cluster(TestUpstream.Nowhere(), TestUpstream.Nowhere(), _upstream.Address) with
            {
                Retry = new L4Retry { MaxAttempts = 2 },
            })),
        });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ConnectRefused);
    }

    [Theory]
    [InlineData(L4RejectWith.Reset)]
    [InlineData(L4RejectWith.Close)]
    public async Task Route_rejects(L4RejectWith with)
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Routes = Map(("no", new L4Route { Action = L4RouteAction.Reject, RejectWith = with })),
        });
        using var client = await proxy.ConnectAsync();
        if (with == L4RejectWith.Reset)
            await client.ExpectResetAsync();
        else
            await client.ExpectFinAsync();
        await ExpectAsync(proxy, L4EndReason.RejectedByRoute);
    }

    [Fact]
    public async Task No_route_takes_it()
    {
        await using var proxy = TestProxy.Start(OnlySsh());
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.NoRoute);
    }

    [Theory]
    [InlineData("10.0.0.1", "is an IP address")]
    [InlineData("::1", "is an IP address")]
    [InlineData("", "is empty")]
    [InlineData("a.example.com\0", "is no host name")]
    [InlineData("a.example.com b.example.com", "is no host name")]
    [InlineData("a.example.com|b.example.com", "is more than one")] // two extensions
    public async Task Client_names_what_is_no_server_name(string names, string said)
    {
        await using var proxy = TestProxy.Start(OnlySsh() with
        {
            Routes = Map(("any", new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["*"] } })),
        });
        using var client = await proxy.ConnectAsync();
        var hello = names.Split('|').Aggregate(new HelloBuilder(), (builder, name) => builder.WithServerName(name));
        await client.SendAsync(hello.Bytes());
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ServerNameInvalid);
        Assert.Contains(said, Assert.Single(proxy.Log.Lines, line => line.Contains("ServerNameInvalid: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_says_nothing()
    {
        await using var proxy = TestProxy.Start(OnlySsh(new L4Endpoint { PrefaceTimeout = TimeSpan.FromMilliseconds(300) }));
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.PrefaceTimeout);
    }

    [Fact]
    public async Task Client_says_too_much_without_saying_what_it_is()
    {
        // A TLS record that never ends the ClientHello it announces.
        byte[] endless = [0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3, .. new byte[4096]];
        await using var proxy = TestProxy.Start(OnlySni(new L4Endpoint { MaxPrefaceBytes = 1024 }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(endless);
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.PrefaceTooLarge);
    }

    [Fact]
    public async Task Client_closes_before_a_route_is_found()
    {
        await using var proxy = TestProxy.Start(OnlySsh());
        using var client = await proxy.ConnectAsync();
        client.HalfClose();
        await client.ExpectFinAsync();
        await ExpectAsync(proxy, L4EndReason.ClientClosedEarly);
    }

    [Fact]
    public async Task Client_resets_before_a_route_is_found()
    {
        await using var proxy = TestProxy.Start(OnlySsh());
        var client = await proxy.ConnectAsync();
        client.Reset();
        await ExpectAsync(proxy, L4EndReason.ClientReset);
    }

    [Fact]
    public async Task Endpoint_is_removed()
    {
        var config = To(_upstream.Address);
        await using var proxy = TestProxy.Start(config with
        {
            Endpoints = Map(("in", config.Endpoints!["in"] with { DrainTimeout = TimeSpan.FromMilliseconds(300) })),
        });
        var (client, server) = await OpenAsync(proxy);
        proxy.Provider.Update(config with { Endpoints = Map(("other", new L4Endpoint { Url = "tcp://127.0.0.1:0" })) });
        await server.ExpectResetAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.EndpointRemoved, up: 5, down: 5);
    }

    [Fact]
    public async Task Destination_is_removed()
    {
        var config = To(_upstream.Address);
        config = config with { Clusters = Map(("up", config.Clusters!["up"] with { DrainTimeout = TimeSpan.FromMilliseconds(300) })) };
        await using var proxy = TestProxy.Start(config);
        var (client, server) = await OpenAsync(proxy);
        proxy.Provider.Update(config with { Clusters = Map(("up", Cluster(TestUpstream.Nowhere()) with { DrainTimeout = TimeSpan.FromMilliseconds(300) })) });
        await server.ExpectResetAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.DestinationRemoved, up: 5, down: 5);
    }

    [Fact]
    public async Task Shutdown_is_over()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { ShutdownTimeout = TimeSpan.FromMilliseconds(300) });
        var (client, server) = await OpenAsync(proxy);
        await proxy.Server.StopAsync(TestContext.Current.CancellationToken);
        await server.ExpectResetAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.Shutdown, up: 5, down: 5);
    }

    public void Dispose() => _upstream.Dispose();

    private TestProxy StartTimed(L4Config config) => TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));

    private void PassLimit() => _time.Advance(2 * s_limit); // The kernel, whose clock is the real one, says that something was sent just now.

    private static L4Config OnlySsh(L4Endpoint? endpoint = null) => Only(new L4Match { Protocols = ["ssh"] }, endpoint);

    private static L4Config OnlySni(L4Endpoint? endpoint = null) => Only(new L4Match { Sni = ["a.test"] }, endpoint);

    private static L4Config Only(L4Match match, L4Endpoint? endpoint)
    {
        var config = To(TestUpstream.Nowhere());
        return config with
        {
            Endpoints = Map(("in", (endpoint ?? new L4Endpoint()) with { Url = "tcp://127.0.0.1:0" })),
            Routes = Map(("only", new L4Route { ClusterId = "up", Match = match })),
        };
    }

    private static async Task ExpectAsync(TestProxy proxy, L4EndReason reason, long up = 0, long down = 0)
    {
        var record = await proxy.NextRecordAsync();
        Assert.Equal((reason, up, down), (record.EndReason, record.BytesUp, record.BytesDown));
    }

    /// <summary>A connection on which both sides have said five bytes.</summary>
    private async Task<(TestPeer Client, TestPeer Server)> OpenAsync(TestProxy proxy)
    {
        var client = await proxy.ConnectAsync();
        var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        return (client, server);
    }
}
