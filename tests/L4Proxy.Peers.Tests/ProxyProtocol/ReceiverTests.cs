using System.Net.Security;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.ProxyProtocol;

/// <summary>HAProxy and nginx behind the gateway are told who the client is, and believe it.</summary>
[Trait("Runs", "Once")]
public sealed class ReceiverTests
{
    private const string Name = "www.example.com";
    private const string BySni = """ "Match": { "Sni": ["*.example.com"] } """;
    private const string AllTlvs = """ "ProxyProtocol": { "Version": "V2", "Tlvs": ["Authority", "Alpn", "UniqueId", "Crc32c", "Ssl"] } """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(""" "ProxyProtocol": "V1" """)]
    [InlineData(""" "ProxyProtocol": "V2" """)]
    public async Task Haproxy_is_told_the_clients_address(string cluster)
    {
        await using var haproxy = await HaproxyPeer.StartReceiverAsync(Cancellation, Name);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, haproxy.Port, cluster: cluster), Cancellation);

        var answer = await Curl.GetAsync(Name, port, haproxy.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        Assert.Equal($"{HaproxyPeer.Answer(LoopbackAddresses.Client, port, "", "")} 2", answer);
    }

    // HAProxy verifies the checksum: it refuses a connection on which it is wrong.
    [Fact]
    public async Task Haproxy_is_told_the_name_and_the_id_of_the_access_log()
    {
        await using var haproxy = await HaproxyPeer.StartReceiverAsync(Cancellation, Name);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, haproxy.Port, route: BySni, cluster: AllTlvs), Cancellation);

        var answer = await Curl.GetAsync(Name, port, haproxy.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        var id = answer.Split(" as ")[1].Split(' ')[0];
        Assert.Equal($"{HaproxyPeer.Answer(LoopbackAddresses.Client, port, Name, id)} 2", answer);
        var record = await gateway.Log.WaitForAsync($" {LoopbackAddresses.Client}:", RunningProgram.UsualDeadline, Cancellation);
        var connectionId = record[..record.IndexOf($" {LoopbackAddresses.Client}:", StringComparison.Ordinal)].Split(' ')[^1];
        Assert.EndsWith($"-{connectionId}", id, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "ProxyProtocol": "V1" """)]
    [InlineData(""" "ProxyProtocol": "V2" """)]
    [InlineData(AllTlvs)]
    public async Task Nginx_which_speaks_first_is_told_the_clients_address(string cluster)
    {
        await using var nginx = await NginxStreamPeer.StartReceiverAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, nginx.Port, cluster: cluster), Cancellation);

        using var client = await TcpClients.ConnectAsync(port, LoopbackAddresses.Client, Cancellation);

        Assert.Equal(NginxStreamPeer.Answer($"{client.LocalEndPoint}", port), await TcpClients.ReadToEndAsync(client, Cancellation));
    }

    [Theory]
    [InlineData(""" "ProxyProtocol": "V1" """)]
    [InlineData(AllTlvs)]
    public async Task Nginxs_web_server_logs_the_clients_address(string cluster)
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, Name);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, nginx.ProxyPort, route: BySni, cluster: cluster), Cancellation);

        var answer = await Curl.GetAsync(Name, port, nginx.Certificate.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        Assert.Equal($"{NginxPeer.Answer(Name)} 2", answer);
        Assert.Equal($"{LoopbackAddresses.Client} {Name}",
            await nginx.Log.WaitForAsync(Name, RunningProgram.UsualDeadline, Cancellation));
    }

    [Fact]
    public async Task What_haproxy_said_of_the_client_is_said_to_the_next()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port,
            $$""" "ProxyProtocol": { "Mode": "Required", "Trusted": ["{{LoopbackAddresses.Senders}}"] } """, cluster: AllTlvs), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port,
            "send-proxy-v2-ssl proxy-v2-options authority,unique-id,ssl-cipher,crc32c", Cancellation, Name);

        using var client = await TcpClients.ConnectAsync(haproxy.Port, LoopbackAddresses.Client, Cancellation);
        var header = await EchoedHeaderAsync(client);

        Assert.Equal(client.LocalEndPoint, header.Source);
        Assert.Equal(client.RemoteEndPoint, header.Destination);
        Assert.Equal(0x11, header.FamilyAndTransport);
        Assert.Equal([0x02, 0x05, 0x03, 0x20], header.TlvTypes);
        Assert.Equal(Name, header.Text(0x02));
        Assert.Equal($"id-of-{LoopbackAddresses.Client}", header.Text(0x05));
        Assert.True(header.ChecksumHolds());
        Assert.Contains("TLSv1.3", header.Text(0x20), StringComparison.Ordinal);
        Assert.Contains("TLS_AES_", header.Text(0x20), StringComparison.Ordinal);
    }

    // The echo sends the gateway's header back, through HAProxy's TLS.
    private static async Task<ReceivedProxyHeader> EchoedHeaderAsync(Socket client)
    {
        await using var network = new NetworkStream(client, ownsSocket: false);
        await using var tls = new SslStream(network);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };
        await tls.AuthenticateAsClientAsync(options, Cancellation).WaitAsync(Deadline, Cancellation);
        var header = await ReceivedProxyHeader.ReadAsync(tls, Cancellation).WaitAsync(Deadline, Cancellation);

        await tls.WriteAsync("after it"u8.ToArray(), Cancellation);
        var rest = new byte[8];
        await tls.ReadExactlyAsync(rest, Cancellation).AsTask().WaitAsync(Deadline, Cancellation);
        Assert.Equal("after it"u8, rest);
        return header;
    }
}
