using System.Net;
using System.Net.Sockets;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>A browser's first datagrams over QUIC go where the name in them leads, though the hello lies in pieces over two.</summary>
public sealed class QuicTests : IDisposable
{
    private readonly UdpClient _named = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _rest = new(new IPEndPoint(IPAddress.Loopback, 0));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.lacny.me", true)]
    [InlineData("a.example.com", false)]
    public async Task Chromium_is_told_apart_by_name(string name, bool isNamed)
    {
        var port = LoopbackPorts.Next();
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

    public void Dispose()
    {
        _named.Dispose();
        _rest.Dispose();
    }
}
