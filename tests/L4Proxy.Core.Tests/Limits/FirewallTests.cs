using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Limits;

public sealed class FirewallTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(null, null, "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", null, "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", null, "11.0.0.1", false)]
    [InlineData(null, "10.0.0.0/8", "10.0.0.1", false)]
    [InlineData(null, "10.0.0.0/8", "11.0.0.1", true)]
    [InlineData("10.0.0.0/8", "10.6.6.0/24", "10.6.6.6", false)]
    [InlineData("10.6.6.6", "10.0.0.0/8", "10.6.6.6", false)]
    [InlineData("10.0.0.0/8", "10.6.6.0/24", "::ffff:10.6.6.6", false)]
    [InlineData("10.0.0.0/8", "10.6.6.0/24", "::ffff:10.6.7.6", true)]
    [InlineData("10.0.0.0/8", null, "::1", false)]
    [InlineData("0.0.0.0/0", null, null, false)]
    [InlineData(null, "::/0", null, true)]
    public void Deny_wins_and_with_an_allow_list_who_is_not_on_it_is_denied(string? allow, string? deny, string? client, bool admitted)
    {
        var config = new L4Firewall { Allow = allow is null ? null : [allow], Deny = deny is null ? null : [deny] };
        var graph = Sample.Graph(new() { Endpoints = Map(("in", new L4Endpoint { Firewall = config })) });
        var firewall = Firewall.Create(graph.RangesOf(config.Allow), graph.RangesOf(config.Deny));

        Assert.Equal(admitted, firewall.Admits(client is null ? null : IPAddress.Parse(client)));
    }

    [Fact]
    public async Task Endpoints_firewall_denies_before_anything_is_read()
    {
        await using var proxy = Start(Denying("127.0.0.0/8") with { PrefaceTimeout = TimeSpan.FromMinutes(10) }, new L4Route { Match = new L4Match { Protocols = ["ssh"] } });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.FirewallDenied, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    [Trait("Row", "D7")]
    public async Task An_address_seen_only_in_the_PROXY_header_is_denied_and_the_destination_never_reached()
    {
        await using var proxy = Start(Behind("192.0.2.1"));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header("192.0.2.1"));
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.FirewallDenied, "192.0.2.1:1", null), (record.EndReason, record.Client!.ToString(), record.Destination));
        using var other = await proxy.ConnectAsync();
        await other.SendAsync(Header("192.0.2.2"));
        using var server = await _upstream.AcceptAsync(); // The first that there ever was.
        await server.SendAsync("welcome");
        await other.ExpectAsync("welcome");
    }

    [Fact]
    [Trait("Row", "D7")]
    public async Task The_sender_of_the_header_is_not_the_client()
    {
        await using var proxy = Start(Behind("127.0.0.0/8"));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header("192.0.2.1"));
        using var server = await _upstream.AcceptAsync();
        // Where it speaks for itself, it is.
        using var probe = await proxy.ConnectAsync();
        await probe.SendAsync(SampleHeader.Named("haproxy v2 local").Bytes);
        await probe.ExpectResetAsync();
        Assert.Equal(L4EndReason.FirewallDenied, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Routes_firewall_denies_and_no_other_route_takes_over()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Routes = Map(
                ("first", new L4Route { ClusterId = "up", Order = -1, Firewall = new L4Firewall { Deny = ["127.0.0.1"] } }),
                ("second", new L4Route { ClusterId = "up" })),
        });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.FirewallDenied, "first"), (record.EndReason, record.Route));
    }

    [Fact]
    public async Task A_client_on_a_unix_socket_is_on_no_list()
    {
        foreach (var (firewall, admitted) in new[] { (new L4Firewall { Allow = ["0.0.0.0/0", "::/0"] }, false), (new L4Firewall { Deny = ["0.0.0.0/0"] }, true) })
        {
            var path = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.sock");
            await using var proxy = Start(new L4Endpoint { Url = $"unix:{path}", Firewall = firewall });
            using var client = await TestPeer.ConnectAsync(new UnixDomainSocketEndPoint(path));
            if (!admitted)
            {
                await client.ExpectFinAsync();
                continue;
            }
            using var server = await _upstream.AcceptAsync();
            await server.SendAsync("welcome");
            await client.ExpectAsync("welcome");
        }
    }

    [Fact]
    public async Task A_reloads_firewall_holds_for_new_connections()
    {
        await using var proxy = Start(Denying("10.0.0.0/8"));
        using var before = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(To(_upstream.Address) with { Endpoints = Map(("in", Denying("127.0.0.0/8"))) });
        await applied;
        using var after = await proxy.ConnectAsync();
        await after.ExpectResetAsync();
        Assert.Equal(L4EndReason.FirewallDenied, (await proxy.NextRecordAsync()).EndReason);
        await server.SendAsync("still here");
        await before.ExpectAsync("still here");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_firewall_drops_the_datagram_that_would_start_a_flow(bool onEndpoint)
    {
        using var server = new TestDatagrams();
        var firewall = new L4Firewall { Deny = ["127.0.0.1"] };
        L4Config Config(L4Firewall? firewall) => new()
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Firewall = onEndpoint ? firewall : null })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up", Firewall = onEndpoint ? null : firewall })),
            Clusters = Map(("up", Cluster(server.Address))),
        };
        await using var proxy = TestProxy.Start(Config(null));
        using var counts = new DatagramCounts(proxy);
        using var known = new TestDatagrams();
        await known.SendAsync("known", proxy.AddressOf());
        await server.ExpectAsync("known");
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(Config(firewall));
        await applied;
        using var denied = new TestDatagrams();
        await denied.SendAsync("denied", proxy.AddressOf());
        await known.SendAsync("goes on", proxy.AddressOf()); // Its flow was there before.
        await server.ExpectAsync("goes on");
        await counts.ExpectAsync("up", DatagramOutcome.FirewallDenied, 1);
        await counts.ExpectAsync("up", DatagramOutcome.Relayed, 2);
        Assert.True(server.IsEmpty);
    }

    public void Dispose() => _upstream.Dispose();

    private static L4Endpoint Denying(string range) => new() { Url = "tcp://127.0.0.1:0", Firewall = new L4Firewall { Deny = [range] } };

    private static L4Endpoint Behind(string denied) =>
        Denying(denied) with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] } };

    private static byte[] Header(string client) => Encoding.ASCII.GetBytes($"PROXY TCP4 {client} 198.51.100.1 1 2\r\n");

    private TestProxy Start(L4Endpoint endpoint, L4Route? route = null) => TestProxy.Start(To(_upstream.Address) with
    {
        Endpoints = Map(("in", endpoint)),
        Routes = Map(("all", (route ?? new L4Route()) with { ClusterId = "up" })),
    });
}
