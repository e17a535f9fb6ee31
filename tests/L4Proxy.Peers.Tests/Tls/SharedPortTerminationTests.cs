using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>One HTTPS port of Kestrel's: some names end here and go on plain or with TLS anew, some pass through, the rest is HTTP.</summary>
[Trait("Runs", "Once")]
public sealed class SharedPortTerminationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Each_name_is_ended_passed_through_or_HTTP(string version)
    {
        using var authority = new CertificateAuthority();
        var (own, first, second) = (authority.ForServer("www.example.com"), authority.ForServer("echo.ended.me"), authority.ForServer("again.ended.me"));
        await using var echo = new EchoBackend();
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer("a.lacny.me", "again.ended.me"), Cancellation);
        await using var web = await HttpBackend.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.SharedPort(port, own, web.Port,
            $$"""
            {
              "Endpoints": { "https": { "Kestrel": "Https" } },
              "Routes": {
                "passed": { "Endpoints": ["https"], "Match": { "Sni": ["*.lacny.me"] }, "ClusterId": "nginx" },
                "plain": { "Endpoints": ["https"], "Match": { "Sni": ["echo.ended.me"] }, "ClusterId": "echo",
                           "Tls": "Terminate", "Certificate": {{first.Json}} },
                "again": { "Endpoints": ["https"], "Match": { "Sni": ["again.ended.me"] }, "ClusterId": "nginx-again",
                           "Tls": "Terminate", "Certificate": {{second.Json}} }
              },
              "Clusters": {
                "nginx": { {{GatewayJson.Cluster(nginx.Port)}} },
                "echo": { {{GatewayJson.Cluster(echo.Port)}} },
                "nginx-again": { {{GatewayJson.Cluster(nginx.Port)}}, "Tls": { "ServerName": "again.ended.me", "Ca": "{{authority.RootPath}}" } }
              }
            }
            """), Cancellation);

        Assert.Equal(nginx.Certificate.Sha256, await ShownAsync("a.lacny.me"));
        Assert.Equal(first.Sha256, await ShownAsync("echo.ended.me"));
        Assert.Equal(second.Sha256, await ShownAsync("again.ended.me"));
        Assert.Equal(own.Sha256, await ShownAsync("www.example.com"));
        Assert.Equal("to a plain server", (await OpenSslClient.EchoAsync(
            port, "to a plain server", Cancellation, version, "-servername", "echo.ended.me")).Succeeded());
        Assert.Equal($"{NginxPeer.Answer("a.lacny.me")} 2", await Curl.GetAsync("a.lacny.me", port, authority.RootPath, Cancellation));
        Assert.Equal($"{NginxPeer.Answer("again.ended.me")} 1.1", await Curl.GetAsync("again.ended.me", port, authority.RootPath, Cancellation));
        Assert.Equal($"{HttpBackend.Answer("www.example.com")} 2", await Curl.GetAsync("www.example.com", port, authority.RootPath, Cancellation));

        Task<string> ShownAsync(string name) => OpenSslClient.CertificateSha256Async(name, port, Cancellation, version);
    }
}
