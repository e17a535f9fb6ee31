using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>Active health checks of real servers that are not there, come, and go.</summary>
[Trait("Runs", "Once")]
public sealed class HealthTests
{
    private const string Often = """ "Enabled": true, "Interval": "00:00:00.1", "Timeout": "00:00:02" """;
    private const string Down = "Destination 'a' of cluster 'out' is down";
    private const string Up = "Destination 'a' of cluster 'out' is up";

    // Id 1234, recursion desired, one question: up.internal, A, IN (RFC 1035 section 4.1).
    private const string Query = @"\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\x02up\\x08internal\\0\\0\\x01\\0\\x01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_is_stopped_is_down_and_one_that_is_started_is_up()
    {
        var (port, to) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(Probed(port, to), Cancellation);
        await SaysAsync(gateway, Down);
        using (var client = TcpClients.BoundTo("127.0.0.1"))
            Assert.True(await TcpClients.IsResetAsync(client, port, "x"u8.ToArray(), Cancellation));
        await SaysAsync(gateway, "NoDestination");

        await using (var broker = await MosquittoPeer.StartAsync(to, Cancellation, "localhost"))
        {
            await SaysAsync(gateway, Up);
            var client = new MosquittoClient(broker, port);
            await client.PublishAsync("news", "hello", qos: 1, Cancellation, "-i", "writer");
            await broker.Log.WaitForAsync("Received PUBLISH from writer", RunningProgram.UsualDeadline, Cancellation);
        }

        await SaysAsync(gateway, Down, count: 2);
        await using var again = await MosquittoPeer.StartAsync(to, Cancellation, "localhost");
        await SaysAsync(gateway, Up, count: 2);
    }

    [Fact]
    public async Task Redis_answers_a_ping() =>
        await ComesUpAsync(""" "Send": "PING\\r\\n", "Expect": "+PONG" """, port => RedisPeer.StartAsync(port, Cancellation));

    [Fact]
    public async Task A_server_of_ssh_speaks_first() => await ComesUpAsync(""" "Expect": "SSH-2.0" """, port => SshdPeer.StartAsync(port, Cancellation));

    [Fact]
    public async Task Another_answer_keeps_it_down()
    {
        var (port, to) = (FreePorts.Next(), FreePorts.Next());
        await using var redis = await RedisPeer.StartAsync(to, Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(Probed(port, to, """ "Send": "QUIT\\r\\n", "Expect": "+PONG" """), Cancellation);
        Assert.Contains("the answer ended without what is expected", await SaysAsync(gateway, Down), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_of_503_is_down_and_200_with_the_text_is_up()
    {
        var port = FreePorts.Next();
        await using var nginx = await NginxHttpPeer.StartAsync("web", Cancellation);
        nginx.SetReady(false);
        await using var gateway = await GatewayProcess.StartAsync(Probed(port, nginx.Port, """ "Type": "Http", "Send": "/ready", "Expect": "I am ready" """), Cancellation);
        Assert.Contains("the status is 503", await SaysAsync(gateway, Down), StringComparison.Ordinal);
        nginx.SetReady(true);
        await SaysAsync(gateway, Up);
        nginx.SetReady(false);
        await SaysAsync(gateway, Down, count: 2);
    }

    [Fact]
    public async Task Behind_a_PROXY_header_and_TLS_nginx_is_asked_for_the_name()
    {
        var port = FreePorts.Next();
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "probe.example.com");
        const string Check = """ "Type": "Http", "Send": "/tls", "Expect": "[probe.example.com] TLSv1.3 [http/1.1]", "ServerName": "probe.example.com" """;
        var tls = $$""" "ProxyProtocol": "V2", "Tls": { "Ca": "{{nginx.Certificate.CertificatePath}}", "Alpn": ["h2"] } """;
        await using var gateway = await GatewayProcess.StartAsync(Probed(port, nginx.ProxyPort, Check, tls), Cancellation);
        // The header says LOCAL, and so nginx knows of no client.
        await nginx.Log.WaitForAsync(" probe.example.com", RunningProgram.UsualDeadline, Cancellation, count: 5);
        Assert.DoesNotContain("is down", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passthrough_server_must_shake_hands()
    {
        var port = FreePorts.Next();
        const string Check = """ "Type": "Tls", "ServerName": "a.example.com", "Send": "GET / HTTP/1.0\\r\\n\\r\\n", "Expect": "nginx saw a.example.com" """;
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.example.com");
        await using (var gateway = await GatewayProcess.StartAsync(Probed(port, nginx.Port, Check), Cancellation))
        {
            await nginx.Log.WaitForAsync(" a.example.com", RunningProgram.UsualDeadline, Cancellation, count: 3);
            Assert.DoesNotContain("is down", gateway.Log.Text, StringComparison.Ordinal);
        }

        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var other = await GatewayProcess.StartAsync(Probed(port, redis.Port, Check), Cancellation);
        Assert.Contains("making the TLS handshake", await SaysAsync(other, Down), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_server_answers_a_query_in_a_datagram()
    {
        var (port, address) = (FreePorts.Next(), DnsmasqPeer.NextAddress());
        var json = GatewayJson.OneRoute(
            $$""" "Url": "udp://127.0.0.1:{{port}}" """,
            $$""" "Destinations": { "a": { "Address": "{{address}}:53" } }, "HealthCheck": { "Active": { {{Often}}, "Type": "Udp", "Send": "{{Query}}", "Expect": "\\x0a\\x01\\x02\\x03" } } """);
        await using var gateway = await GatewayProcess.StartAsync(json, Cancellation);
        await SaysAsync(gateway, Down);
        await using var dnsmasq = await DnsmasqPeer.StartAtAsync(address, Cancellation, "up.internal,10.1.2.3");
        await SaysAsync(gateway, Up);
        await dnsmasq.Log.WaitForAsync("up.internal is 10.1.2.3", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task One_that_accepts_and_never_answers_is_down_when_the_time_is_over()
    {
        var port = FreePorts.Next();
        await using var echo = new EchoBackend();
        await using var gateway = await GatewayProcess.StartAsync(Probed(port, echo.Port, """ "Expect": "220 " """).Replace("00:00:02", "00:00:00.3", StringComparison.Ordinal), Cancellation);
        Assert.Contains("waiting for what is expected: not within 00:00:00.3", await SaysAsync(gateway, Down), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agents_words_mean_what_they_mean_to_haproxy()
    {
        await using var echo = new EchoBackend();
        await using var agent = new AgentBackend("up");
        await using var haproxy = await HaproxyPeer.StartAgentAsync(echo.Port, agent.Port, Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            $$""" "Url": "tcp://127.0.0.1:{{port}}" """,
            $$""" "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}", "HealthAddress": "127.0.0.1:{{agent.Port}}" } }, "HealthCheck": { "Active": { {{Often}}, "Type": "Agent" } } """),
            Cancellation);

        foreach (var (line, status, takesNew) in ((string, string, bool)[])
            [
                ("75%", "UP", true), ("down #disk full", "DOWN", false), ("up", "UP", true), ("fail", "DOWN", false), ("up", "UP", true), ("stopped", "DOWN", false), ("Up", "UP", true),
                ("drain", "DRAIN", false), ("50%", "DRAIN", false), ("ready", "UP", true), ("maint", "MAINT", false), ("up", "MAINT", false), ("drain", "DRAIN", false),
                ("READY 100%", "UP", true), ("0%", "UP", false), ("30%,up", "UP", true), ("down, 10%\tnonsense", "DOWN", false), ("", "DOWN", false), ("up ready", "UP", true), ("nonsense", "UP", true),
            ])
        {
            agent.Say(line);
            await Eventually.IsAsync($"haproxy is {status}, and takes connections {takesNew} like the gateway, after '{line}'",
                async () => (await haproxy.StatusAsync(Cancellation)).StartsWith(status, StringComparison.Ordinal)
                    && await TakesNewAsync(haproxy.Port) == takesNew && await TakesNewAsync(port) == takesNew,
                RunningProgram.UsualDeadline, Cancellation);
        }
    }

    private static string Probed(int port, int to, string? check = null, string? cluster = null) =>
        GatewayJson.TcpPort(port, to, cluster: $$""" "HealthCheck": { "Active": { {{Often}} {{GatewayJson.More(check)}} } } {{GatewayJson.More(cluster)}} """);

    private static Task<string> SaysAsync(GatewayProcess gateway, string text, int count = 1) =>
        gateway.Log.WaitForAsync(text, RunningProgram.UsualDeadline, Cancellation, count);

    /// <summary>Down while nobody is there, up when the server is.</summary>
    private static async Task ComesUpAsync<T>(string check, Func<int, Task<T>> start)
        where T : Peer
    {
        var (port, to) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(Probed(port, to, check), Cancellation);
        await SaysAsync(gateway, Down);
        await using var server = await start(to);
        await SaysAsync(gateway, Up);
    }

    private static async Task<bool> TakesNewAsync(int port)
    {
        try
        {
            using var client = await TcpClients.ConnectAsync(port, Cancellation);
            return await TcpClients.AskAsync(client, "hello", Cancellation) == "hello";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
