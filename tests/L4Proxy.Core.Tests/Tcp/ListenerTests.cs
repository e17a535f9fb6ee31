using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Tcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

public sealed class ListenerTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task Any_address_takes_IPv4_and_IPv6()
    {
        await using var proxy = TestProxy.Start(Listen("tcp://*:0"));
        var port = ((IPEndPoint)proxy.AddressOf()).Port;
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = await TestPeer.ConnectAsync(new IPEndPoint(address, port));
            await GreetAsync(client);
        }
    }

    [Fact]
    public async Task Localhost_listens_on_both_families()
    {
        var port = FreePorts.Next();
        await using var proxy = TestProxy.Start(Listen($"tcp://localhost:{port}"));
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = await TestPeer.ConnectAsync(new IPEndPoint(address, port));
            await GreetAsync(client);
        }
    }

    [Fact]
    public async Task Every_port_of_a_range_listens_and_leads_to_its_own_port()
    {
        // The upstream's port is the listened one plus a distance, so the range is laid around it.
        var target = ((IPEndPoint)_upstream.Address).Port;
        var first = FreePorts.Row(3);
        await using var proxy = TestProxy.Start(Listen($"tcp://127.0.0.1:{first}-{first + 2}") with
        {
            Clusters = Map(("up", new L4Cluster
            {
                Destinations = Map(("d", new L4Destination { Address = $"127.0.0.1:{{port{target - (first + 1):+0;-0}}}" })),
            })),
        });
        using var client = await TestPeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, first + 1));
        await GreetAsync(client);
        using var other = await TestPeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, first + 2));
        await other.ExpectResetAsync(); // Listened to, and nothing at the port that it leads to.
    }

    [Fact]
    public async Task Unix_sockets_on_both_sides()
    {
        var directory = Directory.CreateTempSubdirectory("l4proxy-");
        try
        {
            var back = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "back"));
            var front = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "front"));
            using var upstream = new TestUpstream(back);
            await using (var proxy = TestProxy.Start(Listen($"unix:{front}") with { Clusters = Map(("up", Cluster(back))) }))
            {
                using var client = await TestPeer.ConnectAsync(front);
                using var server = await upstream.AcceptAsync();
                await client.SendAsync("hello");
                await server.ExpectAsync("hello");
                client.HalfClose();
                await server.ExpectFinAsync();
                server.HalfClose();
                await client.ExpectFinAsync();
                Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
            }
            Assert.False(File.Exists(front.ToString()));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_file_of_a_unix_endpoint_has_its_mode_and_a_reload_changes_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no mode on Windows");
        var directory = Directory.CreateTempSubdirectory("l4proxy-");
        try
        {
            var path = Path.Combine(directory.FullName, "front");
            var config = Listen($"unix:{path}");
            await using var proxy = TestProxy.Start(WithMode("0600"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(path));

            await ApplyAsync(proxy, WithMode("666"));

            Assert.Equal((UnixFileMode)Convert.ToInt32("666", 8), ModeOf(path));
            using var client = await TestPeer.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await GreetAsync(client);

            L4Config WithMode(string mode) => config with { Endpoints = Map(("in", config.Endpoints!["in"] with { Mode = mode })) };
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_two_wildcards_on_one_port_each_take_their_own_family()
    {
        var port = FreePorts.Next();
        await using var proxy = TestProxy.Start(Wildcards(("four", $"tcp://0.0.0.0:{port}"), ("six", $"tcp://[::]:{port}")));
        Assert.Equal(["tcp://0.0.0.0", "tcp://[::]"], proxy.Log.Lines.Where(line => line.Contains("listens on", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("tcp://", StringComparison.Ordinal)..line.LastIndexOf(':')]).Order(StringComparer.Ordinal));

        foreach (var (address, endpoint) in new[] { (IPAddress.Loopback, "four"), (IPAddress.IPv6Loopback, "six") })
        {
            using (var client = await TestPeer.ConnectAsync(new IPEndPoint(address, port)))
            using (await GreetAsync(client))
                client.HalfClose();
            Assert.Equal(endpoint, (await proxy.NextRecordAsync()).Endpoint);
        }
    }

    [Fact]
    public async Task The_wildcard_of_IPv6_takes_IPv4_too_until_another_endpoint_does()
    {
        var port = FreePorts.Next();
        await using var proxy = TestProxy.Start(Wildcards(("six", $"tcp://[::]:{port}")));
        await AskAsync("six");
        await ApplyAsync(proxy, Wildcards(("four", $"tcp://0.0.0.0:{port}"), ("six", $"tcp://[::]:{port}")));
        await AskAsync("four");
        await ApplyAsync(proxy, Wildcards(("six", $"tcp://[::]:{port}")));
        await AskAsync("six");

        async Task AskAsync(string endpoint)
        {
            using (var client = await TestPeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)))
            using (await GreetAsync(client))
                client.HalfClose();
            Assert.Equal(endpoint, (await proxy.NextRecordAsync()).Endpoint);
        }
    }

    [Fact]
    public async Task A_dead_socket_file_is_replaced()
    {
        var directory = Directory.CreateTempSubdirectory("l4proxy-");
        try
        {
            var front = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "front"));
            using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                // Moved, so that closing does not remove it: what a crash leaves behind.
                dead.Bind(new UnixDomainSocketEndPoint(front + "-moved"));
                File.Move(front + "-moved", front.ToString());
            }
            Assert.True(File.Exists(front.ToString()));
            await using var proxy = TestProxy.Start(Listen($"unix:{front}"));
            using var client = await TestPeer.ConnectAsync(front);
            await GreetAsync(client);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_port_in_use_is_that_endpoints_error_alone_and_is_taken_once_free()
    {
        var time = new FakeTimeProvider();
        using var owner = new TestUpstream();
        var taken = (IPEndPoint)owner.Address;
        await using var proxy = TestProxy.Start(
            Listen("tcp://127.0.0.1:0") with
            {
                Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" }), ("taken", new L4Endpoint { Url = $"tcp://{taken}" })),
            },
            services => services.AddSingleton<TimeProvider>(time));
        using (var client = await proxy.ConnectAsync())
            await GreetAsync(client);
        Assert.Single(proxy.Log.Lines, line => line.Contains("CannotListen", StringComparison.Ordinal)
            && line.Contains($"'taken' cannot listen on tcp://{taken}", StringComparison.Ordinal));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(proxy.Log.Lines, line => line.Contains("CannotListen", StringComparison.Ordinal)); // Said once.
        owner.Dispose();
        time.Advance(TimeSpan.FromSeconds(1));
        using var late = await proxy.ConnectAsync("taken");
        await GreetAsync(late);
    }

    [Fact]
    public async Task A_reload_opens_and_closes_only_what_differs()
    {
        var config = Listen("tcp://127.0.0.1:0");
        await using var proxy = TestProxy.Start(config);
        using var live = await proxy.ConnectAsync();
        using var server = await GreetAsync(live);
        var before = proxy.AddressOf();

        await ApplyAsync(proxy, config with
        {
            Endpoints = Map(("in", config.Endpoints!["in"] with { Backlog = 17 }), ("more", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
        });
        Assert.Equal(before, proxy.AddressOf());
        using (var client = await proxy.ConnectAsync("more"))
            (await GreetAsync(client)).Dispose();

        var more = proxy.AddressOf("more");
        await ApplyAsync(proxy, config);
        await Assert.ThrowsAsync<SocketException>(() => TestPeer.ConnectAsync(more));
        await live.SendAsync("still here");
        await server.ExpectAsync("still here");
    }

    [Fact]
    public async Task A_reload_changes_the_routes_of_a_listener_that_stays()
    {
        var config = Listen("tcp://127.0.0.1:0");
        await using var proxy = TestProxy.Start(config);
        using var live = await proxy.ConnectAsync();
        using var server = await GreetAsync(live);
        var before = proxy.AddressOf();
        using var other = new TestUpstream();

        await ApplyAsync(proxy, config with
        {
            Routes = Map(("other", new L4Route { ClusterId = "other" })),
            Clusters = Map(("up", config.Clusters!["up"]), ("other", Cluster(other.Address))),
        });

        Assert.Equal(before, proxy.AddressOf());
        using var client = await proxy.ConnectAsync();
        using var next = await other.AcceptAsync();
        await client.SendAsync("hello");
        await next.ExpectAsync("hello");
        await live.SendAsync("still here");
        await server.ExpectAsync("still here");
    }

    [Fact]
    public async Task A_reload_leaves_connections_on_every_port_of_a_range_alone()
    {
        var time = new FakeTimeProvider();
        var first = FreePorts.Row(3);
        var config = Listen($"tcp://127.0.0.1:{first}-{first + 2}");
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(time));
        var connections = new List<(TestPeer Client, TestPeer Server)>();
        for (var port = first; port < first + 3; port++)
        {
            var client = await TestPeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            connections.Add((client, await GreetAsync(client)));
        }

        await ApplyAsync(proxy, config with { MaxConnections = 100 });
        time.Advance(TimeSpan.FromMinutes(5));

        foreach (var (client, server) in connections)
        {
            await client.SendAsync("still here");
            await server.ExpectAsync("still here");
            client.Dispose();
            server.Dispose();
        }
    }

    [Fact]
    public async Task A_later_reload_does_not_put_off_the_end_of_a_drain()
    {
        var time = new FakeTimeProvider();
        var config = Listen("tcp://127.0.0.1:0");
        var removed = config.Endpoints!["in"] with { DrainTimeout = TimeSpan.FromSeconds(10) };
        var stays = new L4Endpoint { Url = "tcp://127.0.0.1:0" };
        await using var proxy = TestProxy.Start(
            config with { Endpoints = Map(("in", removed), ("stays", stays)) }, services => services.AddSingleton<TimeProvider>(time));
        using var live = await proxy.ConnectAsync();
        using var server = await GreetAsync(live);

        await ApplyAsync(proxy, config with { Endpoints = Map(("stays", stays)) });
        time.Advance(TimeSpan.FromSeconds(6));
        await ApplyAsync(proxy, config with { Endpoints = Map(("stays", stays with { Backlog = 17 })) });
        await live.SendAsync("still here");
        await server.ExpectAsync("still here");
        time.Advance(TimeSpan.FromSeconds(5));

        await live.ExpectResetAsync();
        Assert.Equal(L4EndReason.EndpointRemoved, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_configuration_with_errors_changes_nothing_and_says_them_all()
    {
        var config = Listen("tcp://127.0.0.1:0");
        await using var proxy = TestProxy.Start(config);
        var rejected = proxy.Log.WaitForAsync("ConfigRejected");
        proxy.Provider.Update(config with { Routes = Map(("all", new L4Route { ClusterId = "upp" }), ("b", new L4Route { Endpoints = ["out"], ClusterId = "up" })) });
        var line = await rejected;
        Assert.Contains("L4Proxy:Routes:all:ClusterId", line, StringComparison.Ordinal);
        Assert.Contains("L4Proxy:Routes:b:Endpoints:0", line, StringComparison.Ordinal);
        using var client = await proxy.ConnectAsync();
        await GreetAsync(client);
    }

    [Fact]
    public async Task A_route_that_can_never_win_is_a_warning()
    {
        await using var proxy = TestProxy.Start(Listen("tcp://127.0.0.1:0") with
        {
            Routes = Map(("all", new L4Route { ClusterId = "up", Order = -1 }), ("late", new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["a.test"] } })),
        });
        var line = Assert.Single(proxy.Log.Lines, line => line.Contains("ConfigWarning", StringComparison.Ordinal));
        Assert.Contains("L4Proxy:Routes:late: It can never win: route 'all' always comes first.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_MaxConnections_clients_wait_in_the_backlog()
    {
        await using var proxy = TestProxy.Start(Listen("tcp://127.0.0.1:0") with { MaxConnections = 2 });
        var open = new List<TestPeer>();
        for (var i = 0; i < 2; i++)
        {
            open.Add(await proxy.ConnectAsync());
            open.Add(await GreetAsync(open[^1]));
        }
        // The kernel completes the handshake; the listener may hold one more, but no one beyond is served.
        using var third = await proxy.ConnectAsync();
        using var fourth = await proxy.ConnectAsync();
        await third.SendAsync("hello");
        await fourth.SendAsync("hello");
        Assert.InRange(proxy.Get<SessionSet>().Count, 2, 3);
        foreach (var peer in open)
            peer.Dispose();
        foreach (var _ in new[] { third, fourth })
        {
            using var server = await _upstream.AcceptAsync();
            await server.ExpectAsync("hello");
        }
    }

    [Fact]
    public async Task A_server_that_speaks_first_is_not_kept_waiting()
    {
        await using var proxy = TestProxy.Start(Listen("tcp://127.0.0.1:0"));
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("220 ready");
        await client.ExpectAsync("220 ready");
    }

    [Fact]
    public async Task A_server_that_speaks_first_behind_routes_that_need_bytes_is_reached_after_the_preface_timeout()
    {
        var config = Listen("tcp://127.0.0.1:0");
        await using var proxy = TestProxy.Start(config with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0", PrefaceTimeout = TimeSpan.FromMilliseconds(200) })),
            Routes = Map(
                ("all", new L4Route { ClusterId = "up" }),
                ("tls", new L4Route { Action = L4RouteAction.Reject, Match = new L4Match { Sni = ["*"] } })),
        });
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("220 ready");
        await client.ExpectAsync("220 ready");
        await client.SendAsync("EHLO");
        await server.ExpectAsync("EHLO");
    }

    public void Dispose() => _upstream.Dispose();

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private static async Task ApplyAsync(TestProxy proxy, L4Config config)
    {
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(config with { Transport = proxy.Server.Snapshot.Config.Transport });
        await applied;
    }

    private L4Config Wildcards(params (string Id, string Url)[] endpoints) =>
        To(_upstream.Address) with { Endpoints = endpoints.ToDictionary(item => item.Id, item => new L4Endpoint { Url = item.Url }) };

    private L4Config Listen(string url) => To(_upstream.Address) with { Endpoints = Map(("in", new L4Endpoint { Url = url })) };

    private async Task<TestPeer> GreetAsync(TestPeer client)
    {
        var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        return server;
    }
}
