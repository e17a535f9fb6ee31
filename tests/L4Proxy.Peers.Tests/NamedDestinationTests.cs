using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>The name that a client asks for becomes the name of the machine it reaches; dnsmasq is the system's resolver.</summary>
[Trait("Runs", "Once")]
public sealed class NamedDestinationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "C1")]
    public async Task An_instance_in_the_name_is_the_instance_of_the_destination()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "alpha.example.com");
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, "alpha.internal,127.0.0.1", "fixed.internal,127.0.0.1");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Json(port, nginx.Port), Cancellation, dnsmasq.ResolvConfPath);

        var answer = await Curl.GetAsync("alpha.example.com", port, nginx.Certificate.CertificatePath, Cancellation);

        Assert.Equal($"{NginxPeer.Answer("alpha.example.com")} 2", answer);
        Assert.Contains(" alpha.internal from ", dnsmasq.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "C1")]
    public async Task A_literal_destination_is_looked_up_as_it_stands()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "literal.example.org");
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, "fixed.internal,127.0.0.1");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Json(port, nginx.Port), Cancellation, dnsmasq.ResolvConfPath);

        var shown = await OpenSslClient.CertificateSha256Async("literal.example.org", port, Cancellation);

        Assert.Equal(nginx.Certificate.Sha256, shown);
        Assert.Contains(" fixed.internal from ", dnsmasq.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "C1")]
    public async Task An_instance_that_does_not_exist_harms_nobody_else()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "alpha.example.com");
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, "alpha.internal,127.0.0.1");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Json(port, nginx.Port), Cancellation, dnsmasq.ResolvConfPath);

        var missing = await RunningProgram.RunAsync(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-servername", "ghost.example.com"], Cancellation);

        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains(" ghost.internal from ", dnsmasq.Log.Text, StringComparison.Ordinal);
        Assert.Equal($"{NginxPeer.Answer("alpha.example.com")} 2",
            await Curl.GetAsync("alpha.example.com", port, nginx.Certificate.CertificatePath, Cancellation));
    }

    private static string Json(int port, int nginxPort) => GatewayJson.L4Only(
        $$"""
        {
          "Endpoints": { "tls": { "Url": "tcp://127.0.0.1:{{port}}" } },
          "Routes": {
            "tenant": { "Endpoints": ["tls"], "Match": { "Sni": ["{instance}.example.com"] }, "ClusterId": "tenants" },
            "literal": { "Endpoints": ["tls"], "Match": { "Sni": ["literal.example.org"] }, "ClusterId": "fixed" }
          },
          "Clusters": {
            "tenants": { "Destinations": { "vm": { "Address": "{instance}.internal:{{nginxPort}}" } } },
            "fixed": { "Destinations": { "vm": { "Address": "fixed.internal:{{nginxPort}}" } } }
          }
        }
        """);
}
