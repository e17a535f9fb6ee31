using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>A flow's first datagram chooses its route, on real sockets.</summary>
public sealed class RoutesTests : IDisposable
{
    private readonly TestDatagrams _resolver = new();
    private readonly TestDatagrams _internal = new();
    private readonly TestDatagrams _tunnel = new();

    [Fact]
    public async Task By_protocol_and_by_what_is_asked_for()
    {
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(
                ("internal", Route("internal", new L4Match { Dns = new() { Names = ["*.org"], Types = ["HTTPS"] } })),
                ("resolver", Route("resolver", new L4Match { Protocols = ["dns"] }, order: 1)),
                ("tunnel", Route("tunnel", new L4Match { Protocols = ["wireguard", "openvpn"] }))),
            Clusters = Map(("internal", Cluster(_internal.Address)), ("resolver", Cluster(_resolver.Address)), ("tunnel", Cluster(_tunnel.Address))),
        });
        using var counts = new DatagramCounts(proxy);
        using var stranger = new TestDatagrams();
        await stranger.SendAsync(PrefaceCorpus.Named("stun", isDatagram: true).First(), proxy.AddressOf());

        foreach (var (server, datagram) in new[]
        {
            (_resolver, PrefaceCorpus.Named("dns", isDatagram: true).First()), (_internal, PrefaceCorpus.Named("dns", isDatagram: true).ElementAt(1)),
            (_tunnel, PrefaceCorpus.Named("wireguard", isDatagram: true).First()), (_tunnel, PrefaceCorpus.Named("openvpn", isDatagram: true).Last()),
        })
        {
            using var client = new TestDatagrams();
            await client.SendAsync(datagram, proxy.AddressOf());
            Assert.Equal(datagram, (await server.ReceiveAsync()).Datagram);
        }
        await counts.WaitForAsync("up", 5);
        Assert.Equal(1, counts["up", DatagramOutcome.NoRoute]);
    }

    [Fact]
    public async Task The_log_says_why_no_route_takes_a_datagram_and_not_of_each()
    {
        var config = new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("dns", Route("resolver", new L4Match { Protocols = ["dns"] }))),
            Clusters = Map(("resolver", Cluster(_resolver.Address))),
        };
        // In one second for all of them.
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton(
            provider => new UnroutedDatagrams(new ManualTimeProvider(), provider.GetRequiredService<ILogger<UdpProxy>>())));
        using var counts = new DatagramCounts(proxy);
        using var stranger = new TestDatagrams();

        for (var i = 0; i < 50; i++)
            await stranger.SendAsync(PrefaceCorpus.Named("stun", isDatagram: true).First(), proxy.AddressOf());
        await counts.WaitForAsync("up", 50);
        await proxy.Get<LogQueue>().FlushAsync();

        var said = proxy.Log.Lines.Where(line => line.Contains("""to endpoint 'in': no route takes it. dns: Protocols: wanted ["dns"], saw none of those looked for""", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, said.Count);
        Assert.Contains($"{stranger.Address}", said[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_the_bytes_of_the_first_datagram_which_is_whole()
    {
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(
                ("internal", Route("internal", new L4Match { Bytes = [new() { Hex = "00 01" }, new() { Regex = "^q.$" }] })),
                ("resolver", Route("resolver", new L4Match { Not = new() { Bytes = [new() { Text = "drop" }] } }))),
            Clusters = Map(("internal", Cluster(_internal.Address)), ("resolver", Cluster(_resolver.Address))),
        });
        using var counts = new DatagramCounts(proxy);
        using var stranger = new TestDatagrams();
        await stranger.SendAsync("drop it", proxy.AddressOf());

        foreach (var (server, datagram) in new[]
        {
            (_internal, "\0\u0001"u8.ToArray()), (_resolver, "\0"u8.ToArray()), (_internal, "q1"u8.ToArray()), (_resolver, "q12"u8.ToArray()), (_resolver, []),
        })
        {
            using var client = new TestDatagrams();
            await client.SendAsync(datagram, proxy.AddressOf());
            Assert.Equal(datagram, (await server.ReceiveAsync()).Datagram);
        }
        await counts.WaitForAsync("up", 6);
        Assert.Equal(1, counts["up", DatagramOutcome.NoRoute]);
    }

    public void Dispose()
    {
        _resolver.Dispose();
        _internal.Dispose();
        _tunnel.Dispose();
    }

    private static L4Route Route(string cluster, L4Match match, int? order = null) => new() { Endpoints = ["in"], ClusterId = cluster, Match = match, Order = order };
}
