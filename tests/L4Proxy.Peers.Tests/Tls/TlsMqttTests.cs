using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>mosquitto's clients speak TLS with the gateway; the broker is plain, or has TLS of its own.</summary>
[Trait("Runs", "Once")]
public sealed class TlsMqttTests
{
    private const int OneMegabyte = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Row", "A1")]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task A_message_of_each_quality_of_service_goes_through_terminated_TLS(bool brokerHasTls, int qos)
    {
        using var authority = new CertificateAuthority();
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, authority, "", broker, brokerHasTls);
        var client = new MosquittoClient(broker, port, authority.RootPath);
        await using var subscriber = await client.SubscribeAsync("reader", "news", qos, count: 1, Cancellation);

        await client.PublishAsync("news", "hello", qos, Cancellation, "-i", "writer");

        Assert.Equal("hello", await ReceivedAsync(subscriber));
        await broker.Log.WaitForAsync("Received DISCONNECT from writer", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [Trait("Row", "A1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_payload_of_a_megabyte_goes_through_terminated_TLS(bool brokerHasTls)
    {
        using var authority = new CertificateAuthority();
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, authority, "", broker, brokerHasTls);
        var client = new MosquittoClient(broker, port, authority.RootPath);
        await using var subscriber = await client.SubscribeAsync("reader", "bulk", qos: 1, count: 1, Cancellation);
        var payload = Convert.ToHexString(RandomNumberGenerator.GetBytes(OneMegabyte / 2));

        await client.PublishAsync("bulk", payload, qos: 1, Cancellation);

        Assert.Equal(payload, await ReceivedAsync(subscriber));
    }

    [Fact]
    [Trait("Row", "A1")]
    public async Task Clients_with_a_certificate_are_served_and_others_never_reach_the_broker()
    {
        using var authority = new CertificateAuthority();
        using var clients = new CertificateAuthority("Clients");
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, authority,
            $$""", "Alpn": ["mqtt"], "ClientCertificate": { "Mode": "Required", "Ca": "{{clients.RootPath}}" }""", broker, brokerHasTls: false);
        var client = new MosquittoClient(broker, port, authority.RootPath, clients.ForClient("sensor"));
        await using var subscriber = await client.SubscribeAsync("reader", "news", qos: 1, count: 1, Cancellation);

        var refused = await RunningProgram.RunAsync("mosquitto_pub",
            ["-h", "localhost", "-p", $"{port}", "--cafile", authority.RootPath, "-i", "stranger", "-t", "news", "-m", "no"], Cancellation);
        await client.PublishAsync("news", "hello", 1, Cancellation, "--tls-alpn", "mqtt");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal("hello", await ReceivedAsync(subscriber));
        Assert.DoesNotContain("stranger", broker.Log.Text, StringComparison.Ordinal);
    }

    private static Task<GatewayProcess> StartAsync(
        int port, CertificateAuthority authority, string endpointKeys, MosquittoPeer broker, bool brokerHasTls)
    {
        var cluster = brokerHasTls
            ? $$"""{{GatewayJson.Cluster(broker.TlsPort)}}, "Tls": { "ServerName": "localhost", "Ca": "{{broker.Certificate.CertificatePath}}" }"""
            : GatewayJson.Cluster(broker.Port);
        return GatewayProcess.StartAsync(
            GatewayJson.OneRoute(GatewayJson.TlsEndpoint(port, authority.ForServer("localhost")) + endpointKeys, cluster), Cancellation);
    }

    private static async Task<string> ReceivedAsync(RunningProgram subscriber) =>
        (await subscriber.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded();
}
