using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>A client asks for a name that nobody has, where TLS ends: L4Proxy says what HAProxy and nginx say when they are told to refuse it.</summary>
[Trait("Runs", "Once")]
public sealed class UnknownNameTests
{
    private const string Known = "a.example.com";
    private const string Alert = "tlsv1 unrecognized name";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-servername", "b.example.com")]
    [InlineData("-noservername")]
    public async Task L4Proxy_says_so_and_the_name_that_there_is_is_served(params string[] options)
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var (port, certificate) = (FreePorts.Next(), authority.ForServer(Known));
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { {{GatewayJson.TlsEndpoint(port, certificate)}} } },
              "Routes": { "a": { "Endpoints": ["in"], "ClusterId": "out", "Match": { "Sni": ["{{Known}}"] } } },
              "Clusters": { "out": { {{GatewayJson.Cluster(echo.Port)}} } }
            }
            """), Cancellation);

        var refused = await OpenSslClient.RunAsync(port, Cancellation, options);
        var curl = await Curl.TryGetAsync("b.example.com", port, authority.RootPath, Cancellation);

        Assert.Contains(Alert, refused.Error, StringComparison.Ordinal);
        Assert.Contains(Alert, curl.Error, StringComparison.Ordinal);
        await gateway.Log.WaitForAsync("NoRoute", RunningProgram.UsualDeadline, Cancellation, count: 2);
        Assert.Equal(certificate.Sha256, await OpenSslClient.CertificateSha256Async(Known, port, Cancellation));
    }

    [Theory]
    [InlineData("-servername", "b.example.com")]
    [InlineData("-noservername")]
    public async Task HAProxy_says_so_with_strict_sni(params string[] options)
    {
        await using var haproxy = await HaproxyPeer.StartStrictAsync(Cancellation, Known);

        Assert.Contains(Alert, (await OpenSslClient.RunAsync(haproxy.Port, Cancellation, options)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-servername", "b.example.com")]
    [InlineData("-noservername")]
    public async Task Nginx_says_so_with_ssl_reject_handshake(params string[] options)
    {
        using var authority = new CertificateAuthority();
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer(Known), Cancellation, "ssl_reject_handshake on;");

        Assert.Contains(Alert, (await OpenSslClient.RunAsync(nginx.Port, Cancellation, options)).Error, StringComparison.Ordinal);
    }
}
