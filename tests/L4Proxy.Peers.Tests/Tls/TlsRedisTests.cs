using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>redis-cli speaks TLS with the gateway; redis is plain, or has TLS of its own and wants a certificate.</summary>
[Trait("Runs", "Once")]
public sealed class TlsRedisTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_cli_reaches_redis_through_terminated_TLS(bool clientShowsCertificate)
    {
        using var authority = new CertificateAuthority();
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        var keys = clientShowsCertificate
            ? $$""", "ClientCertificate": { "Mode": "Required", "Ca": "{{authority.RootPath}}" }"""
            : "";
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("localhost")) + keys, GatewayJson.Cluster(redis.Port)), Cancellation);
        var shown = clientShowsCertificate ? authority.ForClient("reader") : null;
        var value = new string('x', 100_000);

        Assert.Equal("OK", await RunAsync("SET", "key", value));
        Assert.Equal(value, await RunAsync("GET", "key"));
        if (clientShowsCertificate)
            Assert.NotEqual("PONG", (await DatabaseClients.RedisTlsAsync(port, authority.RootPath, null, Cancellation, "PING")).Output);

        async Task<string> RunAsync(params string[] command) =>
            (await DatabaseClients.RedisTlsAsync(port, authority.RootPath, shown, Cancellation, command)).Succeeded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_with_TLS_of_its_own_is_reached_with_the_gateways_certificate(bool clientSpeaksTls)
    {
        using var authority = new CertificateAuthority();
        using var inside = new CertificateAuthority("Inside");
        await using var redis = await RedisPeer.StartTlsAsync(inside.ForServer("redis.internal"), inside, Cancellation);
        var port = FreePorts.Next();
        var endpoint = clientSpeaksTls ? GatewayJson.TlsEndpoint(port, authority.ForServer("localhost")) : GatewayJson.TcpEndpoint(port);
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(endpoint,
            $$"""
            {{GatewayJson.Cluster(redis.Port)}}, "Tls": {
              "ServerName": "redis.internal", "Ca": "{{inside.RootPath}}", "ClientCertificate": {{inside.ForClient("gateway").Json}}
            }
            """), Cancellation);

        var answer = clientSpeaksTls
            ? (await DatabaseClients.RedisTlsAsync(port, authority.RootPath, null, Cancellation, "PING")).Succeeded()
            : await DatabaseClients.RedisAsync(port, Cancellation, "PING");

        Assert.Equal("PONG", answer);
    }
}
