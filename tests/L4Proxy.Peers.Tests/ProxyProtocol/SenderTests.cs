using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.ProxyProtocol;

/// <summary>HAProxy and nginx in front of the gateway say who the client is, and the gateway acts on it.</summary>
[Trait("Runs", "Once")]
public sealed class SenderTests
{
    private const string Shop = "shop.example.com";
    private const string ReadsHeaders =
        $$"""
        "ProxyProtocol": { "Mode": "Required", "Trusted": ["{{LoopbackAddresses.Senders}}"] }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2 proxy-v2-options unique-id,crc32c")]
    public async Task Haproxy_names_the_client_to_an_own_endpoint(string sends)
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port, ReadsHeaders), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port, sends, Cancellation);

        await ExpectEchoAndRecordAsync(haproxy.Port, gateway);
    }

    [Fact]
    public async Task Nginx_names_the_client_to_an_own_endpoint()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port, ReadsHeaders), Cancellation);
        await using var nginx = await NginxStreamPeer.StartSenderAsync(port, Cancellation);

        await ExpectEchoAndRecordAsync(nginx.Port, gateway);
    }

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task Haproxy_names_the_client_to_a_shared_endpoint_for_HTTP_and_for_a_route(string sends)
    {
        await using var shared = await SharedPort.StartAsync(Cancellation, endpoint: ReadsHeaders);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(shared.Port, sends, Cancellation);

        await ExpectHttpAndRouteAsync(shared, haproxy.Port);
    }

    [Fact]
    public async Task Nginx_names_the_client_to_a_shared_endpoint_for_HTTP_and_for_a_route()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation, endpoint: ReadsHeaders);
        await using var nginx = await NginxStreamPeer.StartSenderAsync(shared.Port, Cancellation);

        await ExpectHttpAndRouteAsync(shared, nginx.Port);
    }

    [Theory]
    [InlineData($$""" "Authority": ["{{Shop}}"] """)]
    [InlineData($$""" "Tlvs": { "0x05": ["id-of-{{LoopbackAddresses.Client}}"] } """)]
    [InlineData(""" "Tlvs": { "0x20": ["*TLSv1.3*"] } """)]
    public async Task A_route_matches_what_haproxy_says_of_the_TLS_that_it_ended(string match)
    {
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, backend.Port, ReadsHeaders,
            $$""" "Match": { "ProxyProtocol": { {{match}} } } """), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port,
            "send-proxy-v2-ssl proxy-v2-options authority,unique-id,ssl-cipher,crc32c", Cancellation, Shop);

        var answer = await Curl.GetAsync(Shop, haproxy.Port, haproxy.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        Assert.Equal($"{HttpBackend.Answer(Shop)} 1.1", answer);
        await gateway.Log.WaitForAsync($" {LoopbackAddresses.Client}:", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task A_route_for_one_authority_leaves_the_others_of_haproxys_alone()
    {
        const string other = "other.example.com";
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, backend.Port, ReadsHeaders,
            $$""" "Match": { "ProxyProtocol": { "Authority": ["{{Shop}}"] } } """), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port,
            "send-proxy-v2-ssl proxy-v2-options authority", Cancellation, Shop, other);

        var refused = await Curl.TryGetAsync(other, haproxy.Port, haproxy.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        Assert.NotEqual(0, refused.ExitCode);
        var record = await gateway.Log.WaitForAsync($" {LoopbackAddresses.Client}:", RunningProgram.UsualDeadline, Cancellation);
        Assert.EndsWith($"NoRoute (all: ProxyProtocol: wanted {{\"Authority\":[\"{Shop}\"]}}, saw authority {other}, TLVs 0x02 0x20)", record, StringComparison.Ordinal);
        Assert.Empty(backend.Clients);
    }

    private static async Task ExpectEchoAndRecordAsync(int senderPort, GatewayProcess gateway)
    {
        string address;
        using (var client = await TcpClients.ConnectAsync(senderPort, LoopbackAddresses.Client, Cancellation))
        {
            address = $"{client.LocalEndPoint}";
            Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));
        }

        var record = await gateway.Log.WaitForAsync($" {address} -> in ", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains(" up 5 down 5 ", record, StringComparison.Ordinal);
    }

    private static async Task ExpectHttpAndRouteAsync(SharedPort shared, int senderPort)
    {
        var http = await Curl.GetAsync(
            SharedPort.Http, senderPort, shared.OwnCertificate.CertificatePath, Cancellation, from: LoopbackAddresses.Client);
        var passedThrough = await Curl.GetAsync(SharedPort.PassedThrough, senderPort, shared.Nginx.Certificate.CertificatePath,
            Cancellation, from: LoopbackAddresses.Client);

        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2", http);
        Assert.Equal([LoopbackAddresses.Client], shared.Backend.Clients);
        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} 2", passedThrough);
        var record = await shared.Gateway.Log.WaitForAsync($" {LoopbackAddresses.Client}:", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains($" -> https {SharedPort.PassedThrough} lacny nginx/a ", record, StringComparison.Ordinal);
    }
}
