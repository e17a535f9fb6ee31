using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>A browser over QUIC goes where its name leads, though the hello lies in pieces over two datagrams, and stays there though its address changes.</summary>
public sealed class QuicTests : IDisposable
{
    private readonly UdpClient _named = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _rest = new(new IPEndPoint(IPAddress.Loopback, 0));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Trait("Runs", "Once")]
    [Theory]
    [InlineData("a.lacny.me", true)]
    [InlineData("a.example.com", false)]
    public async Task Chromium_is_told_apart_by_name(string name, bool isNamed)
    {
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "http3": { "Url": "udp://127.0.0.1:{{port}}" } },
              "Routes": {
                "lacny": { "Endpoints": ["http3"], "Match": { "Protocols": ["quic"], "Sni": ["*.lacny.me"], "Alpn": ["h3"] }, "ClusterId": "named" },
                "rest": { "Endpoints": ["http3"], "Match": { "Protocols": ["quic"] }, "ClusterId": "rest" }
              },
              "Clusters": {
                "named": { "Destinations": { "a": { "Address": "{{_named.Client.LocalEndPoint}}" } } },
                "rest": { "Destinations": { "a": { "Address": "{{_rest.Client.LocalEndPoint}}" } } }
              }
            }
            """), Cancellation);
        using var profile = new TempDirectory();
        await using var chromium = Chromium.StartOverQuic(name, port, profile);

        var (right, wrong) = isNamed ? (_named, _rest) : (_rest, _named);
        var first = await right.ReceiveAsync(Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation);
        var second = await right.ReceiveAsync(Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation);

        Assert.Equal(first.RemoteEndPoint, second.RemoteEndPoint);
        foreach (var datagram in (byte[][])[first.Buffer, second.Buffer])
        {
            Assert.InRange(datagram.Length, 1200, 1500);
            // An Initial of version 1, of one connection.
            Assert.Equal(0xc0, datagram[0] & 0xf0);
            Assert.Equal(first.Buffer[1..14], datagram[1..14]);
        }
        Assert.NotEqual(first.Buffer, second.Buffer);
        Assert.Equal(0, wrong.Available);
    }

    [Theory]
    [InlineData("a.lacny.me", false)]
    [InlineData("b.lacny.me", false)]
    [InlineData("b.lacny.me", true)]
    public async Task Two_HTTP3_servers_share_a_port(string name, bool disorders)
    {
        using var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "both", "a.lacny.me", "b.lacny.me");
        await using var a = await CaddyPeer.StartAsync("a", certificate, 1000, Cancellation);
        await using var b = await CaddyPeer.StartAsync("b", certificate, 1000, Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "https": { "Url": "tcp://127.0.0.1:{{port}}" }, "http3": { "Url": "udp://127.0.0.1:{{port}}" } },
              "Routes": {
                "a": { "Endpoints": ["https", "http3"], "Match": { "Protocols": ["tls", "quic"], "Sni": ["a.lacny.me"] }, "ClusterId": "a" },
                "b": { "Endpoints": ["https", "http3"], "Match": { "Protocols": ["tls", "quic"], "Sni": ["b.lacny.me"] }, "ClusterId": "b" }
              },
              "Clusters": { "a": { {{GatewayJson.Cluster(a.Port)}} }, "b": { {{GatewayJson.Cluster(b.Port)}} } }
            }
            """), Cancellation);
        await using var nat = new UdpNat(port, disorders: disorders);
        Assert.Contains($"whole of {name[0]}", await Chromium.LoadOverQuicAsync(name, nat.Port, certificate, Cancellation), StringComparison.Ordinal);
        // And over TCP by the same route.
        Assert.Contains($"whole of {name[0]}", await Chromium.LoadAsync(name, port, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_goes_on_where_a_NAT_gives_the_client_another_port()
    {
        const int length = 20_000_000;
        using var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "both", "a.lacny.me");
        await using var one = await CaddyPeer.StartAsync("one", certificate, length, Cancellation);
        await using var two = await CaddyPeer.StartAsync("two", certificate, length, Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "http3": { "Url": "udp://127.0.0.1:{{port}}" } },
              "Routes": { "a": { "Endpoints": ["http3"], "Match": { "Protocols": ["quic"], "Sni": ["a.lacny.me"] }, "ClusterId": "both" } },
              "Clusters": { "both": { "LoadBalancingPolicy": "RoundRobin",
                "Destinations": { "one": { "Address": "127.0.0.1:{{one.Port}}" }, "two": { "Address": "127.0.0.1:{{two.Port}}" } } } }
            }
            """), Cancellation);
        // Caddy 2.6 does not follow a client: it answers to where it first was.
        await using var nat = new UdpNat(port, movesAfter: length / 10);
        Assert.Contains("whole of one", await Chromium.LoadOverQuicAsync("a.lacny.me", nat.Port, certificate, Cancellation), StringComparison.Ordinal);
        Assert.Equal(1, nat.Moves);
    }

    public void Dispose()
    {
        _named.Dispose();
        _rest.Dispose();
    }
}
