using System.Diagnostics;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Diagnostics;
using L4Proxy.Transport;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>QUIC by the server name of its hello, also where that comes in several datagrams.</summary>
public sealed class QuicRouteTests : IDisposable
{
    private static readonly byte[] s_one = QuicPackets.Named("chromium-1");
    private static readonly byte[] s_two = QuicPackets.Named("chromium-2");
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(200);

    private readonly TestDatagrams _server = new();
    private readonly TestDatagrams _other = new();
    private readonly TestDatagrams _client = new();
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("rfc9001")]
    [InlineData("rfc9369")]
    public async Task A_hello_in_one_datagram_goes_where_its_name_leads(string file)
    {
        await using var proxy = TestProxy.Start(Quic(("a", Named("*.test"), "other"), ("b", Named("example.com"), "server")));
        await _client.SendAsync(QuicPackets.Named(file), proxy.AddressOf());
        var (datagram, flow) = await _server.ReceiveAsync();
        Assert.Equal(QuicPackets.Named(file), datagram);
        await _server.SendAsync("answer", flow);
        await _client.ExpectAsync("answer");
        // What follows shows nothing, and needs not.
        await _client.SendAsync("more", proxy.AddressOf());
        Assert.Equal(flow, await _server.ExpectAsync("more"));
        Assert.True(_other.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hello_in_two_datagrams_is_waited_for_and_sent_on_as_it_came(bool isReversed)
    {
        var (first, second) = isReversed ? (s_two, s_one) : (s_one, s_two);
        await using var proxy = TestProxy.Start(Quic(("a", new L4Match { Protocols = ["quic"] }, "other"), ("b", Named("{name}.example.com"), "server")));
        using var counts = new DatagramCounts(proxy);
        await _client.SendAsync(first, proxy.AddressOf());
        await _client.SendAsync(second, proxy.AddressOf());
        Assert.Equal(first, (await _server.ReceiveAsync()).Datagram);
        var (datagram, flow) = await _server.ReceiveAsync();
        Assert.Equal(second, datagram);
        await _client.SendAsync("more", proxy.AddressOf());
        Assert.Equal(flow, await _server.ExpectAsync("more"));
        await counts.ExpectAsync("up", DatagramOutcome.Relayed, 3);
        Assert.Equal("quic.example.com", Assert.Single(proxy.Get<UdpServer>().Sessions()).ServerName);
        Assert.True(_other.IsEmpty);
    }

    [Fact]
    public async Task By_what_it_offers_too()
    {
        await using var proxy = TestProxy.Start(Quic(
            ("a", new L4Match { Protocols = ["quic"], Alpn = ["doq"] }, "other"), ("b", new L4Match { Protocols = ["quic"], Alpn = ["h3"] }, "server")));
        await _client.SendAsync(s_one, proxy.AddressOf());
        await _client.SendAsync(s_two, proxy.AddressOf());
        Assert.Equal(s_one, (await _server.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task Raw_bytes_are_those_of_the_first_datagram_also_where_the_name_comes_in_the_second()
    {
        var at = s_one.AsSpan().CommonPrefixLength(s_two);
        L4Match With(byte[] datagram) => Named("quic.example.com") with { Bytes = [new() { Offset = at, Hex = Convert.ToHexString(datagram, at, 4) }] };
        await using var proxy = TestProxy.Start(Quic(("a", With(s_two), "other"), ("b", With(s_one), "server")));
        await _client.SendAsync(s_one, proxy.AddressOf());
        await _client.SendAsync(s_two, proxy.AddressOf());
        Assert.Equal(s_one, (await _server.ReceiveAsync()).Datagram);
        Assert.True(_other.IsEmpty);
    }

    [Fact]
    public async Task What_asks_for_no_name_does_not_wait()
    {
        await using var proxy = TestProxy.Start(Quic(("a", new L4Match { Protocols = ["quic"] }, "server")));
        await _client.SendAsync(s_one, proxy.AddressOf());
        Assert.Equal(s_one, (await _server.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task What_is_no_QUIC_goes_elsewhere_at_once()
    {
        await using var proxy = TestProxy.Start(Quic(("a", Named("*"), "other"), ("b", null, "server")));
        foreach (var text in (string[])["hello", ""])
        {
            await _client.SendAsync(text, proxy.AddressOf());
            await _server.ExpectAsync(text);
        }
    }

    [Fact]
    public async Task In_time_or_the_route_takes_it_that_needs_no_more()
    {
        var config = Quic(("a", Named("*.example.com"), "other"), ("b", null, "server"));
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));
        await _client.SendAsync(s_one, proxy.AddressOf());
        await AdvanceUntilAsync(() => !_server.IsEmpty);
        Assert.Equal(s_one, (await _server.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task In_time_or_it_is_dropped_and_counted()
    {
        var config = Quic(("a", Named("*.example.com"), "server"));
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_time));
        using var counts = new DatagramCounts(proxy);
        await _client.SendAsync(s_one, proxy.AddressOf());
        await _client.SendAsync("in between", proxy.AddressOf());
        await AdvanceUntilAsync(() => counts["up", DatagramOutcome.NoRoute] == 2);
        await counts.ExpectAsync("up", DatagramOutcome.NoRoute, 2);
        // It may try again.
        await _client.SendAsync(s_two, proxy.AddressOf());
        await _client.SendAsync(s_one, proxy.AddressOf());
        Assert.Equal(s_two, (await _server.ReceiveAsync()).Datagram);
    }

    [Theory]
    [InlineData(3 * 1300, 3)] // A third one fits, and a fourth one does not.
    [InlineData(1000, 1)]
    public async Task More_than_MaxPrefaceBytes_are_not_waited_for(int limit, int count)
    {
        var config = Quic(("a", Named("*.example.com"), "other"), ("b", null, "server"));
        config = config with { Endpoints = Map(("in", config.Endpoints!["in"] with { MaxPrefaceBytes = limit })) };
        await using var proxy = TestProxy.Start(config);
        for (var i = 0; i <= count; i++)
            await _client.SendAsync(s_one, proxy.AddressOf());
        for (var i = 0; i <= count; i++)
            Assert.Equal(s_one, (await _server.ReceiveAsync()).Datagram);
    }

    [Fact]
    public async Task Who_has_waited_longest_is_given_up_for_one_too_many()
    {
        await using var proxy = TestProxy.Start(Quic(("a", Named("*.example.com"), "server")));
        var endpoint = proxy.Server.Snapshot.Endpoints["in"];
        var flows = new UndecidedFlows();
        var all = Enumerable.Range(1, UndecidedFlows.Most + 1)
            .Select(port => new UndecidedFlow(new(new(DatagramAddress.FromV4([10, 0, 0, 1], port), default), null!, endpoint, Client: null), default, now: port)).ToList();
        Assert.All(all[..^1], flow => Assert.Null(flows.Add(flow)));
        Assert.True(flows.TryFind(all[0].Key, out _));
        Assert.Same(all[0], flows.Add(all[^1]));
        Assert.False(flows.TryFind(all[0].Key, out _));
        // The others leave in their time.
        Assert.False(flows.TryTakeDue(all[1].Due - 1, out _));
        for (var i = 1; i <= UndecidedFlows.Most; i++)
        {
            Assert.True(flows.TryTakeDue(all[^1].Due, out var due));
            Assert.Same(all[i], due);
            flows.Remove(due);
        }
        Assert.False(flows.TryTakeDue(long.MaxValue, out _));
    }

    [Fact]
    public async Task The_PROXY_header_says_the_name()
    {
        var config = Quic(("a", Named("example.com"), "server"));
        config = config with
        {
            Clusters = Map(("server", config.Clusters!["server"] with
            {
                ProxyProtocol = new L4ProxyProtocolOut { Version = L4ProxyProtocolVersion.V2, Tlvs = [L4ProxyProtocolTlv.Authority, L4ProxyProtocolTlv.Alpn] },
            })),
        };
        await using var proxy = TestProxy.Start(config);
        await _client.SendAsync(QuicPackets.Named("rfc9001"), proxy.AddressOf());
        var (datagram, _) = await _server.ReceiveAsync();
        Assert.True(datagram.AsSpan(0, 100).IndexOf("example.com"u8) > 0);
        Assert.True(datagram.AsSpan(0, 100).IndexOf("alpn"u8) > 0);
    }

    [Fact]
    public async Task A_closed_endpoint_waits_for_nobody()
    {
        var proxy = TestProxy.Start(Quic(("a", Named("*.example.com"), "server")));
        await using (proxy)
        {
            await _client.SendAsync(s_one, proxy.AddressOf());
        }
        Assert.True(_server.IsEmpty);
    }

    [Fact]
    public async Task Where_no_route_asks_nobody_looks()
    {
        await using var proxy = TestProxy.Start(Quic(("a", null, "server")));
        Assert.True(proxy.Server.Snapshot.Endpoints["in"].Protocols.IsEmpty);
        await using var tcp = TestProxy.Start(Config.To(_server.Address) with { Routes = Map(("all", new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["a.test"] } })) });
        Assert.Equal("tls", tcp.Server.Snapshot.Endpoints["in"].Protocols.ToString());
    }

    public void Dispose()
    {
        _server.Dispose();
        _other.Dispose();
        _client.Dispose();
    }

    private static L4Match Named(string name) => new() { Protocols = ["quic"], Sni = [name] };

    private async Task AdvanceUntilAsync(Func<bool> isSo)
    {
        for (var begun = Stopwatch.StartNew(); !isSo(); await Task.Yield())
        {
            Assert.True(begun.Elapsed < TestPeer.Patience);
            _time.Advance(s_step);
        }
    }

    private L4Config Quic(params (string Id, L4Match? Match, string Cluster)[] routes) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map([.. routes.Select(route => (route.Id, new L4Route { Endpoints = ["in"], Match = route.Match, ClusterId = route.Cluster }))]),
        Clusters = Map(("server", Cluster(_server.Address)), ("other", Cluster(_other.Address))),
    };
}
