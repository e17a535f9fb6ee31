using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>Clients that say nothing, nonsense, or never stop: they are let go, and nobody else notices.</summary>
public sealed class HostileClientTests
{
    private const int Clients = 1000;
    private const long AllowedGrowth = 64L * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_silent_clients_of_an_own_endpoint_are_closed_and_the_rest_is_served()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, SharedPort.PassedThrough);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(OwnEndpoint(port, nginx.Port), Cancellation);
        await ExpectNginxAsync(nginx, port);
        var before = await gateway.ResidentBytesAsync(Cancellation);

        var silent = await ConnectManyAsync(port);
        await ExpectNginxAsync(nginx, port);
        var during = await gateway.ResidentBytesAsync(Cancellation);

        await Task.WhenAll(silent.Select(socket => TcpClients.WaitForEndAsync(socket, Cancellation)));
        TestContext.Current.TestOutputHelper?.WriteLine($"Memory for {Clients} silent clients: {(during - before) / 1024} KiB");
        Assert.True(during - before < AllowedGrowth, $"It grew from {before} to {during} bytes.");
        await ExpectNginxAsync(nginx, port);
        CloseAll(silent);
    }

    [Fact]
    public async Task A_thousand_silent_clients_of_a_shared_endpoint_harm_nobody()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);
        await ExpectBothAsync(shared);
        var before = await shared.Gateway.ResidentBytesAsync(Cancellation);

        var silent = await ConnectManyAsync(shared.Port);
        await ExpectBothAsync(shared);
        var during = await shared.Gateway.ResidentBytesAsync(Cancellation);

        TestContext.Current.TestOutputHelper?.WriteLine($"Memory for {Clients} silent clients: {(during - before) / 1024} KiB");
        Assert.True(during - before < AllowedGrowth, $"It grew from {before} to {during} bytes.");
        CloseAll(silent);
        await ExpectBothAsync(shared);
    }

    [Fact]
    public async Task Garbage_is_closed_on_a_shared_endpoint_and_on_an_own_one()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var own = await GatewayProcess.StartAsync(OwnEndpoint(port, shared.Nginx.Port), Cancellation);

        for (var i = 0; i < 100; i++)
        {
            await SendAndWaitForEndAsync(shared.Port, RandomNumberGenerator.GetBytes(1 + (i * 37)));
            await SendAndWaitForEndAsync(port, RandomNumberGenerator.GetBytes(1 + (i * 37)));
        }

        await ExpectBothAsync(shared);
        await ExpectNginxAsync(shared.Nginx, port);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ClientHello_without_end_is_closed(bool onShared)
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);
        var ownPort = FreePorts.Next();
        await using var own = await GatewayProcess.StartAsync(OwnEndpoint(ownPort, shared.Nginx.Port), Cancellation);
        using var socket = await TcpClients.ConnectAsync(onShared ? shared.Port : ownPort, Cancellation);

        await SendHelloWithoutEndAsync(socket);

        await TcpClients.WaitForEndAsync(socket, Cancellation);
        await ExpectBothAsync(shared);
        await ExpectNginxAsync(shared.Nginx, ownPort);
    }

    private static string OwnEndpoint(int port, int nginxPort) => GatewayJson.L4Only(
        $$"""
        {
          "Endpoints": { "tls": { "Url": "tcp://127.0.0.1:{{port}}", "PrefaceTimeout": "00:00:03" } },
          "Routes": { "lacny": { "Endpoints": ["tls"], "Match": { "Sni": ["*.lacny.me"] }, "ClusterId": "nginx" } },
          "Clusters": { "nginx": { "Destinations": { "a": { "Address": "127.0.0.1:{{nginxPort}}" } } } }
        }
        """);

    private static async Task ExpectBothAsync(SharedPort shared)
    {
        await ExpectNginxAsync(shared.Nginx, shared.Port);
        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2",
            await Curl.GetAsync(SharedPort.Http, shared.Port, shared.OwnCertificate.CertificatePath, Cancellation));
    }

    private static async Task ExpectNginxAsync(NginxPeer nginx, int port) =>
        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} 2",
            await Curl.GetAsync(SharedPort.PassedThrough, port, nginx.Certificate.CertificatePath, Cancellation));

    private static async Task<List<Socket>> ConnectManyAsync(int port)
    {
        var sockets = new List<Socket>(Clients);
        while (sockets.Count < Clients)
            sockets.Add(await TcpClients.ConnectAsync(port, Cancellation));
        return sockets;
    }

    private static void CloseAll(List<Socket> sockets)
    {
        foreach (var socket in sockets)
            socket.Dispose();
    }

    private static async Task SendAndWaitForEndAsync(int port, byte[] bytes)
    {
        using var socket = await TcpClients.ConnectAsync(port, Cancellation);
        await socket.SendAsync(bytes, Cancellation);
        socket.Shutdown(SocketShutdown.Send);
        await TcpClients.WaitForEndAsync(socket, Cancellation);
    }

    /// <summary>Handshake records of a ClientHello that says it is 16 MB long, until the connection is closed.</summary>
    private static async Task SendHelloWithoutEndAsync(Socket socket)
    {
        const int MoreThanAnyoneTakes = 64 * 1024 * 1024;
        var record = new byte[5 + 4096];
        byte[] header = [22, 3, 1, 0x10, 0x00];
        header.CopyTo(record, 0);
        byte[] hello = [1, 0xFF, 0xFF, 0xFF, 3, 3];
        hello.CopyTo(record, header.Length);
        try
        {
            for (var sent = 0; sent < MoreThanAnyoneTakes; sent += record.Length)
            {
                await socket.SendAsync(record, Cancellation);
                record.AsSpan(header.Length).Clear();
            }
        }
        catch (SocketException)
        {
            return;
        }

        Assert.Fail("Nobody minded an endless ClientHello.");
    }
}
