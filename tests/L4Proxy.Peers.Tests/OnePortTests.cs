using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>One port carries them all, told apart: HTTPS names, SSH, PostgreSQL by SNI, MQTT by client id, HTTP/1 by Host, and a default.</summary>
public sealed class OnePortTests : IDisposable
{
    private const string Port = "select current_setting('port')";

    private readonly CertificateAuthority _authority = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_client_reaches_its_server()
    {
        await using var web = await NginxPeer.StartAsync(Cancellation, "web.example.com");
        await using var shop = await NginxPeer.StartAsync(Cancellation, "shop.example.com");
        await using var ssh = await SshdPeer.StartAsync(Cancellation);
        await using var one = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("one.db.example.com"));
        await using var two = await PostgresPeer.StartAsync(Cancellation, _authority.ForServer("two.db.example.com"));
        await using var plant = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var office = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var blog = await HttpBackend.StartAsync(Cancellation);
        await using var other = await RedisPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        (string Id, string Match, int Port)[] routes =
        [
            ("web", """{ "Sni": ["web.example.com"] }""", web.Port), ("shop", """{ "Sni": ["shop.example.com"] }""", shop.Port),
            ("ssh", """{ "Protocols": ["ssh"] }""", ssh.Port),
            ("one", """{ "Protocols": ["postgres"], "Sni": ["one.db.example.com"] }""", one.Port), ("two", """{ "Sni": ["two.db.example.com"] }""", two.Port),
            ("plant", """{ "Protocols": ["mqtt"], "Mqtt": { "ClientId": ["sensor-*"] } }""", plant.Port), ("office", """{ "Protocols": ["mqtt"] }""", office.Port),
            ("blog", """{ "Host": ["*.blog.example.com"] }""", blog.Port),
            ("other", "{}", other.Port),
        ];
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only($$"""
            {
              "Endpoints": { "in": { "Url": "tcp://localhost:{{port}}" } },
              "Routes": { {{string.Join(", ", routes.Select(route => $$""" "{{route.Id}}": { "Match": {{route.Match}}, "ClusterId": "{{route.Id}}" } """))}} },
              "Clusters": { {{string.Join(", ", routes.Select(route => $$""" "{{route.Id}}": { "Destinations": { "a": { "Address": "127.0.0.1:{{route.Port}}" } } } """))}} }
            }
            """), Cancellation);

        Assert.Equal(web.Certificate.Sha256, await OpenSslClient.CertificateSha256Async("web.example.com", port, Cancellation));
        Assert.Equal(shop.Certificate.Sha256, await OpenSslClient.CertificateSha256Async("shop.example.com", port, Cancellation));
        Assert.Contains("hello", (await SshClient.RunAsync(ssh, port, "echo hello", Cancellation)).Succeeded(), StringComparison.Ordinal);
        foreach (var (name, server) in new[] { ("one", one), ("two", two) })
            Assert.Equal($"{server.Port}", (await DatabaseClients.PsqlAsync(port, $"host={name}.db.example.com sslmode=verify-full sslrootcert={_authority.RootPath}", Port, Cancellation)).Succeeded());
        await new MosquittoClient(plant, port).PublishAsync("t", "a", qos: 1, Cancellation, "-i", "sensor-17");
        await new MosquittoClient(office, port).PublishAsync("t", "b", qos: 1, Cancellation, "-i", "desk");
        await plant.Log.WaitForAsync(" as sensor-17 (", RunningProgram.UsualDeadline, Cancellation);
        await office.Log.WaitForAsync(" as desk (", RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(HttpBackend.Answer("my.blog.example.com"), (await Curl.RunAsync($"http://my.blog.example.com:{port}/", Cancellation)).Succeeded());
        Assert.Equal("PONG", (await DatabaseClients.RedisAsync(port, Cancellation, "ping")).Trim());
        Assert.Equal("+PONG\r\n", await AskAsync(port, "P", "IN", "G\r\n"));
    }

    public void Dispose() => _authority.Dispose();

    /// <summary>What is in no protocol's hurry: each part when the one before has arrived.</summary>
    private static async Task<string> AskAsync(int port, params string[] parts)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        foreach (var part in parts)
            await client.SendAsync(Encoding.ASCII.GetBytes(part), Cancellation);
        var buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, Cancellation));
    }
}
