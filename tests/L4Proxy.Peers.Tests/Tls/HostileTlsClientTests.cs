using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Clients of a <c>tls://</c> endpoint that say nothing, nonsense or half a hello: others are served, and nothing is left of them.</summary>
public sealed class HostileTlsClientTests
{
    private const int Clients = 200;
    private const long AllowedGrowth = 64L * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Silence", "ClientTlsTimeout")]
    [InlineData("HalfAHello", "ClientTlsTimeout")]
    [InlineData("ByteOfAHello", "ClientTlsTimeout")]
    [InlineData("Garbage", "ClientTlsFailed")]
    [InlineData("GarbageInARecord", "ClientTlsFailed")]
    public async Task Others_are_served_meanwhile_and_memory_and_descriptors_come_back(string what, string reason)
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")) + """, "HandshakeTimeout": "00:00:05" """,
            GatewayJson.Cluster(echo.Port)), Cancellation);
        await ExpectEchoAsync(port);
        var (memory, descriptors) = (await gateway.ResidentBytesAsync(Cancellation), gateway.OpenDescriptors());
        var sockets = new List<Socket>(Clients);

        for (var i = 0; i < Clients; i++)
        {
            var socket = await TcpClients.ConnectAsync(port, Cancellation);
            sockets.Add(socket);
            if (BytesOf(what) is { Length: > 0 } bytes)
                await socket.SendAsync(bytes, Cancellation);
        }

        await ExpectEchoAsync(port);
        await Task.WhenAll(sockets.Select(socket => TcpClients.WaitForEndAsync(socket, Cancellation)));
        sockets.ForEach(socket => socket.Dispose());

        await gateway.Log.WaitForAsync($" ms {reason}", RunningProgram.UsualDeadline, Cancellation, count: Clients);
        await Eventually.IsAsync("descriptors come back", () => Task.FromResult(gateway.OpenDescriptors() <= descriptors + 5),
            RunningProgram.UsualDeadline, Cancellation);
        await ExpectEchoAsync(port);
        var growth = await gateway.ResidentBytesAsync(Cancellation) - memory;
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {growth / 1024} KiB more, {descriptors} descriptors before");
        Assert.True(growth < AllowedGrowth, $"It grew by {growth} bytes.");
    }

    [Fact]
    public async Task Handshakes_broken_off_after_the_servers_part_leave_nothing()
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(echo.Port)), Cancellation);
        await ExpectEchoAsync(port);
        var descriptors = gateway.OpenDescriptors();
        await using var recorder = new RecordingRelay(port);
        await ExpectEchoAsync(recorder.Port);
        // The whole hello of a real client, and a little of what it said after it.
        var hello = recorder.FromClients[0];
        var helloLength = 5 + (hello[3] << 8) + hello[4];

        for (var i = 0; i < Clients; i++)
        {
            using var socket = await TcpClients.ConnectAsync(port, Cancellation);
            await socket.SendAsync(hello.AsMemory(0, helloLength + (i % 20)), Cancellation);
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1], Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation));
        }

        await Eventually.IsAsync("descriptors come back", () => Task.FromResult(gateway.OpenDescriptors() <= descriptors + 5),
            RunningProgram.UsualDeadline, Cancellation);
        await ExpectEchoAsync(port);
    }

    private static byte[] BytesOf(string what)
    {
        var random = RandomNumberGenerator.GetBytes(300);
        switch (what)
        {
            case "Silence":
                return [];
            case "ByteOfAHello":
                return [22];
            case "HalfAHello":
                // A handshake record of 512 bytes with a ClientHello in it.
                return [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, .. random];
            case "GarbageInARecord":
                random[0] = 0xFF; // No message of a handshake.
                return [22, 3, 1, 1, 44, .. random];
            default:
                random[0] |= 0x80;
                return random;
        }
    }

    private static async Task ExpectEchoAsync(int port) =>
        Assert.Equal("served", (await OpenSslClient.EchoAsync(port, "served", Cancellation)).Succeeded());
}
