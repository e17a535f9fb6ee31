using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.ProxyProtocol;

/// <summary>Who is not trusted and says that somebody else is the client is not believed.</summary>
[Trait("Runs", "Once")]
public sealed class UntrustedSenderTests
{
    private const string Claim = "PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_a_header_is_required_it_is_reset()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, echo.Port, TrustsSenders("Required")), Cancellation);
        using var client = TcpClients.BoundTo(LoopbackAddresses.Client);

        Assert.True(await TcpClients.IsResetAsync(client, port, Encoding.ASCII.GetBytes(Claim), Cancellation));

        await ExpectRecordAsync(gateway, $"{client.LocalEndPoint}");
        Assert.DoesNotContain("192.0.2.1", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_header_is_required_on_a_shared_port_it_is_reset_before_HTTP()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation, endpoint: TrustsSenders("Required"));
        using var client = TcpClients.BoundTo(LoopbackAddresses.Client);

        Assert.True(await TcpClients.IsResetAsync(client, shared.Port, Encoding.ASCII.GetBytes(Claim), Cancellation));
        var curl = await Curl.TryGetAsync(SharedPort.Http, shared.Port, shared.OwnCertificate.CertificatePath, Cancellation);

        Assert.NotEqual(0, curl.ExitCode);
        await ExpectRecordAsync(shared.Gateway, $"{client.LocalEndPoint}");
        Assert.Empty(shared.Backend.Clients);
    }

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task Where_a_header_is_optional_haproxys_is_data(string sends)
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, echo.Port, TrustsNobodyHere("Optional")), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port, sends, Cancellation);

        using (var client = await TcpClients.ConnectAsync(haproxy.Port, LoopbackAddresses.Client, Cancellation))
        {
            // A client that closes before its own connection stands is given up by HAProxy.
            var first = new byte[1];
            Assert.Equal(1, await client.ReceiveAsync(first, Cancellation));
            client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            var echoed = (char)first[0] + await TcpClients.ReadToEndAsync(client, Cancellation);
            if (sends == "send-proxy")
                Assert.StartsWith($"PROXY TCP4 {LoopbackAddresses.Client} ", echoed, StringComparison.Ordinal);
            else
                Assert.Equal(client.LocalEndPoint, ReceivedProxyHeader.Parse(Encoding.Latin1.GetBytes(echoed)).Source);
        }

        await gateway.Log.WaitForAsync($" {LoopbackAddresses.Sender}:", RunningProgram.UsualDeadline, Cancellation);
        Assert.DoesNotContain($"{LoopbackAddresses.Client}:", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_header_is_optional_a_client_that_sends_none_is_served_and_so_is_one_behind_haproxy()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, echo.Port, TrustsSenders("Optional")), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port, "send-proxy-v2", Cancellation);

        foreach (var way in (int[])[port, haproxy.Port])
        {
            string address;
            using (var client = await TcpClients.ConnectAsync(way, LoopbackAddresses.Client, Cancellation))
            {
                address = $"{client.LocalEndPoint}";
                Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));
            }

            await gateway.Log.WaitForAsync($" {address} -> in ", RunningProgram.UsualDeadline, Cancellation);
        }
    }

    private static string TrustsSenders(string mode) => Trusts(mode, LoopbackAddresses.Senders);

    private static string TrustsNobodyHere(string mode) => Trusts(mode, "192.0.2.0/24");

    private static string Trusts(string mode, string who) => $$""" "ProxyProtocol": { "Mode": "{{mode}}", "Trusted": ["{{who}}"] } """;

    private static async Task ExpectRecordAsync(GatewayProcess gateway, string client)
    {
        var record = await gateway.Log.WaitForAsync($" {client} -> ", RunningProgram.UsualDeadline, Cancellation);
        Assert.EndsWith(" ProxyHeaderUntrusted", record, StringComparison.Ordinal);
    }
}
