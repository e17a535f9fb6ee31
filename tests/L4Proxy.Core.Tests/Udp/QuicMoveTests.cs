using System.Diagnostics;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>A QUIC client that comes from another address than before, as a NAT makes it: known by the id that its server has shown.</summary>
public sealed class QuicMoveTests : IDisposable
{
    private static readonly byte[] s_hello = QuicPackets.Named("rfc9001");
    private static readonly byte[] s_short = ServerPackets.Short(ServerPackets.Id);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(200);

    private readonly TestDatagrams _one = new();
    private readonly TestDatagrams _two = new();
    private readonly TestDatagrams _client = new();
    private readonly TestDatagrams _moved = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task It_goes_on_at_its_destination_as_another_flow()
    {
        await using var proxy = TestProxy.Start(Quic());
        var flow = await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        var (datagram, from) = await _one.ReceiveAsync();
        Assert.Equal(s_short, datagram);
        // The server sees that the address is another, and makes sure of it.
        Assert.NotEqual(flow, from);
        await _one.SendAsync("are you there?", from);
        await _moved.ExpectAsync("are you there?");
        // Until then what it sends goes where it did.
        await _one.SendAsync("more", flow);
        await _client.ExpectAsync("more");
        Assert.All(proxy.Get<UdpServer>().Sessions(), session => Assert.Equal(
            ("example.com", "named", _one.Address), (session.ServerName, session.Route.Id, session.UpstreamEndPoint)));
        // Counted with those of the same destination.
        Assert.Single(proxy.Get<UdpServer>().Sessions().Select(session => session.Destination).Distinct());
        Assert.True(_two.IsEmpty);
    }

    [Fact]
    public async Task And_from_there_again()
    {
        await using var proxy = TestProxy.Start(Quic(), services => services.AddSingleton<TimeProvider>(_time));
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        await _one.ReceiveAsync();
        // The first flow is over, the second is not.
        for (var i = 0; i < 4; i++)
        {
            Advance(TimeSpan.FromSeconds(20));
            await _moved.SendAsync(s_short, proxy.AddressOf());
            await _one.ReceiveAsync();
        }
        await AdvanceUntilAsync(() => proxy.Get<UdpServer>().Count == 1);
        using var third = new TestDatagrams();
        await third.SendAsync(s_short, proxy.AddressOf());
        Assert.Equal(s_short, (await _one.ReceiveAsync()).Datagram);
        Assert.True(_two.IsEmpty);
        // No id outlives the last of them.
        await AdvanceUntilAsync(() => proxy.Get<UdpServer>().Count == 0);
        using var counts = new DatagramCounts(proxy);
        await _client.SendAsync(s_short, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.NoRoute, 1);
    }

    [Theory]
    [InlineData("handshake")]
    [InlineData("retry")]
    public async Task Also_in_the_middle_of_the_handshake(string after)
    {
        await using var proxy = TestProxy.Start(Quic());
        await OpenAsync(proxy, _one, _client, after == "retry" ? ServerPackets.Retry : ServerPackets.Handshake(ServerPackets.Id));
        // Sealed with the keys of the id that the client began with, or of the one that it is told by Retry: nothing in it is read.
        byte[] next = [0xe0, 0, 0, 0, 1, 8, .. ServerPackets.Id, 0, .. new byte[1200]];
        await _moved.SendAsync(next, proxy.AddressOf());
        Assert.Equal(next, (await _one.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task An_id_that_nobody_has_shown_is_not_known()
    {
        await using var proxy = TestProxy.Start(Quic());
        using var counts = new DatagramCounts(proxy);
        // After the handshake, and of the client's own making.
        await OpenAsync(proxy, _one, _client, s_short, ServerPackets.Versions(ServerPackets.Id));
        await _moved.SendAsync(s_short, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.NoRoute, 1);
        Assert.Equal(1, proxy.Get<UdpServer>().Count);
    }

    [Fact]
    public async Task What_is_no_QUIC_is_not_looked_at()
    {
        await using var proxy = TestProxy.Start(Quic(("rest", null)));
        await _client.SendAsync("hello", proxy.AddressOf());
        var flow = await _one.ExpectAsync("hello");
        await _one.SendAsync(ServerPackets.Initial, flow);
        await _client.ReceiveAsync();
        Assert.Null(Assert.Single(proxy.Get<UdpServer>().Sessions()).Connection);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        Assert.Equal(s_short, (await _two.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task The_firewall_is_asked_about_the_new_address()
    {
        var config = Quic();
        config = config with { Routes = Map(("named", config.Routes!["named"] with { Firewall = new L4Firewall { Deny = ["127.0.0.2"] } })) };
        await using var proxy = TestProxy.Start(config);
        using var counts = new DatagramCounts(proxy);
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.FirewallDenied, 1);
    }

    [Fact]
    public async Task And_the_route_too()
    {
        await using var proxy = TestProxy.Start(Quic(("named", Named() with { ClientAddresses = ["127.0.0.1"] })));
        using var counts = new DatagramCounts(proxy);
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.NoRoute, 1);
        using var near = new TestDatagrams();
        await near.SendAsync(s_short, proxy.AddressOf());
        Assert.Equal(s_short, (await _one.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task And_MaxSessions()
    {
        var config = Quic();
        await using var proxy = TestProxy.Start(config with { Endpoints = Map(("in", config.Endpoints!["in"] with { Limits = new L4Limits { MaxSessions = 1 } })) });
        using var counts = new DatagramCounts(proxy);
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.SessionsFull, 1);
    }

    [Fact]
    public async Task And_MaxConnections_of_its_destination()
    {
        var config = Quic();
        var cluster = config.Clusters!["up"];
        await using var proxy = TestProxy.Start(config with
        {
            Clusters = Map(("up", cluster with { Destinations = Map(("d0", cluster.Destinations!["d0"] with { MaxConnections = 1 }), ("d1", cluster.Destinations["d1"])) })),
        });
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        Assert.Equal(L4EndReason.DestinationsFull, (await proxy.NextRecordAsync()).EndReason);
        Assert.True(_two.IsEmpty);
        Assert.Equal(1, proxy.Get<UdpServer>().Count);
    }

    [Fact]
    public async Task Where_its_name_leads_elsewhere_by_now_it_does_not_go_on()
    {
        var config = Quic();
        await using var proxy = TestProxy.Start(config);
        using var counts = new DatagramCounts(proxy);
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(config with { Clusters = Map(("up", Cluster(_two.Address))) });
        await applied;
        await _moved.SendAsync(s_short, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.NoRoute, 1);
        // From where it was it does, until the drain is over.
        await _client.SendAsync(s_short, proxy.AddressOf());
        Assert.Equal(s_short, (await _one.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task Nobody_else_gets_it_where_its_destination_is_gone()
    {
        using var gone = new TestDatagrams();
        await using var proxy = TestProxy.Start(Quic() with { Clusters = Map(("up", Cluster(gone.Address, _two.Address))) });
        await OpenAsync(proxy, gone, _client, ServerPackets.Initial);
        gone.Dispose();
        await _moved.SendAsync(s_short, proxy.AddressOf());
        Assert.Equal(L4EndReason.UpstreamRefused, (await proxy.NextRecordAsync()).EndReason);
        Assert.True(_two.IsEmpty);
    }

    [Fact]
    public async Task The_PROXY_header_says_the_new_address_and_the_old_name()
    {
        var header = new L4ProxyProtocolOut { Version = L4ProxyProtocolVersion.V2, Tlvs = [L4ProxyProtocolTlv.Authority] };
        await using var proxy = TestProxy.Start(Quic() with { Clusters = Map(("up", Cluster(_one.Address) with { ProxyProtocol = header })) });
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        await _moved.SendAsync(s_short, proxy.AddressOf());
        var (datagram, _) = await _one.ReceiveAsync();
        var written = WrittenHeader.Read(datagram);
        Assert.Equal(_moved.Address, written.Source);
        Assert.Equal("example.com", written.TextOf(2));
        Assert.Equal(s_short, datagram[written.Bytes.Length..]);
    }

    [Fact]
    public async Task Whichever_reactor_hears_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reactors are Linux's");
        await using var proxy = TestProxy.Start(Quic() with { Transport = L4TransportKind.Linux, Reactors = 2 });
        using var counts = new DatagramCounts(proxy);
        await OpenAsync(proxy, _one, _client, ServerPackets.Initial);
        var clients = Enumerable.Range(0, 32).Select(_ => new TestDatagrams()).ToList();
        foreach (var client in clients)
        {
            await client.SendAsync(s_short, proxy.AddressOf());
            var (_, from) = await _one.ReceiveAsync();
            await _one.SendAsync("answer", from);
            await client.ExpectAsync("answer");
        }
        Assert.Equal(["L4Proxy reactor 0", "L4Proxy reactor 1"], counts.Threads.Order(StringComparer.Ordinal));
        clients.ForEach(client => client.Dispose());
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _client.Dispose();
        _moved.Dispose();
    }

    private static L4Match Named() => new() { Protocols = ["quic"], Sni = ["example.com"] };

    /// <summary>A flow from a client to its server, and what that answers.</summary>
    /// <returns>What it is to the server.</returns>
    private static async Task<EndPoint> OpenAsync(TestProxy proxy, TestDatagrams server, TestDatagrams client, params byte[][] answers)
    {
        await client.SendAsync(s_hello, proxy.AddressOf());
        var (_, flow) = await server.ReceiveAsync();
        foreach (var answer in answers)
        {
            await server.SendAsync(answer, flow);
            Assert.Equal(answer, (await client.ReceiveAsync()).Datagram);
        }
        return flow;
    }

    private void Advance(TimeSpan by)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += s_step)
            _time.Advance(s_step);
    }

    private async Task AdvanceUntilAsync(Func<bool> isSo)
    {
        for (var begun = Stopwatch.StartNew(); !isSo(); await Task.Yield())
        {
            Assert.True(begun.Elapsed < TestPeer.Patience);
            _time.Advance(s_step);
        }
    }

    // By turns: another flow would go to the other.
    private L4Config Quic(params (string Id, L4Match? Match)[] routes) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map([.. (routes.Length > 0 ? routes : [("named", Named())]).Select(route => (route.Id, new L4Route { Endpoints = ["in"], Match = route.Match, ClusterId = "up" }))]),
        Clusters = Map(("up", Cluster(_one.Address, _two.Address) with { LoadBalancingPolicy = "RoundRobin" })),
    };
}
