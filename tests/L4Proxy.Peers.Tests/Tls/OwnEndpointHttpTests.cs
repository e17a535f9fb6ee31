using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>curl against HTTP inside of TLS that the gateway ends on a port of its own, with YARP behind it.</summary>
public sealed class OwnEndpointHttpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Curl_speaks_both_versions_and_the_web_sees_its_address()
    {
        using var authority = new CertificateAuthority();
        await using var web = await HttpBackend.StartAsync(Cancellation);
        var (port, kestrel) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.SharedPort(kestrel, authority.ForServer("other.example.com"), web.Port,
            $$"""
            {
              "Endpoints": { "own": { {{GatewayJson.TlsEndpoint(port, authority.ForServer("www.example.com"))}} } },
              "Routes": { "web": { "Endpoints": ["own"], "Match": { "Sni": ["www.example.com"] }, "Action": "Http" } }
            }
            """), Cancellation);

        Assert.Equal($"{HttpBackend.Answer("www.example.com")} 2", await Curl.GetAsync("www.example.com", port, authority.RootPath, Cancellation, from: "127.0.0.9"));
        Assert.Equal($"{HttpBackend.Answer("www.example.com")} 1.1", await Curl.GetAsync("www.example.com", port, authority.RootPath, Cancellation, "--http1.1", "127.0.0.9"));
        Assert.Equal(["127.0.0.9", "127.0.0.9"], web.Clients);
    }
}
