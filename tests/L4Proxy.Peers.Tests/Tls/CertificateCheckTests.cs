using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>What <c>--check</c> and a start say of certificates.</summary>
[Trait("Runs", "Once")]
public sealed class CertificateCheckTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "D8")]
    public async Task A_certificate_of_a_route_that_passes_through_is_a_warning()
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        var json = GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { {{GatewayJson.TcpEndpoint(port)}} } },
              "Routes": { "passed": { "Endpoints": ["in"], "ClusterId": "out", "Certificate": {{authority.ForServer("a.example.com").Json}} } },
              "Clusters": { "out": { {{GatewayJson.Cluster(echo.Port)}} } }
            }
            """);

        var check = await GatewayProcess.RunAsync(json, ["--config", "FILE", "--check"], Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(json, Cancellation);

        Assert.Equal("ok", check.Succeeded());
        Assert.Contains("warning: L4Proxy:Routes:passed:Certificate: It is ignored", check.Error, StringComparison.Ordinal);
        var said = await gateway.Log.WaitForAsync("L4Proxy:Routes:passed:Certificate", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains("warn: ", said, StringComparison.Ordinal);
        Assert.Contains("ignored", said, StringComparison.Ordinal);
        using var client = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("served", await TcpClients.AskAsync(client, "served", Cancellation));
    }

    [Theory]
    [InlineData("--config", "FILE")]
    [InlineData("--config", "FILE", "--check")]
    public async Task Every_certificate_that_cannot_be_used_is_named_with_its_place(params string[] arguments)
    {
        using var authority = new CertificateAuthority();
        using var directory = new TempDirectory();
        var (good, other) = (authority.ForServer("a.example.com"), authority.ForServer("b.example.com"));
        await EncryptKeyAsync(good, directory.File("encrypted.key"));
        var garbage = directory.Write("garbage.pem", "this is no certificate");
        var json = GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": {
                "in": {
                  "Url": "tls://127.0.0.1:{{FreePorts.Next()}}",
                  "Certificates": [
                    {{good.Json}},
                    { "Path": "missing.pem", "KeyPath": "{{good.KeyPath}}" },
                    { "Path": "{{directory.Path}}", "KeyPath": "{{good.KeyPath}}" },
                    { "Path": "{{good.CertificatePath}}", "KeyPath": "{{other.KeyPath}}" },
                    { "Path": "{{good.CertificatePath}}", "KeyPath": "{{directory.File("encrypted.key")}}", "Password": "wrong-secret" },
                    { "Path": "{{garbage}}", "KeyPath": "{{good.KeyPath}}" },
                    { "Path": "{{good.CertificatePath}}" }
                  ],
                  "ClientCertificate": { "Mode": "Required", "Ca": "missing-ca.pem" }
                }
              },
              "Routes": {
                "all": { "Endpoints": ["in"], "ClusterId": "out", "Certificate": { "Path": "no-such-route.pem" } },
                "missing": { "Endpoints": ["in"], "Mode": "L7", "Match": { "Sni": ["a.example.com"] }, "ClusterId": "out", "Certificate": { "Path": "no-such-site.pem" } },
                "other": {
                  "Endpoints": ["in"], "Mode": "L7", "Match": { "Sni": ["b.example.com"] }, "ClusterId": "out",
                  "Certificate": { "Path": "{{good.CertificatePath}}", "KeyPath": "{{other.KeyPath}}" }
                }
              },
              "Clusters": { "out": { {{GatewayJson.Cluster(1)}}, "Tls": { "Ca": "{{garbage}}", "ClientCertificate": { "Path": "no-such-client.pem" } } } }
            }
            """);

        var result = await GatewayProcess.RunAsync(json, arguments, Cancellation);

        Assert.Equal(1, result.ExitCode);
        const string Certificates = "L4Proxy:Endpoints:in:Certificates:";
        string[] expected =
        [
            $"{Certificates}1:Path: The file cannot be read", $"{Certificates}2:Path: The file cannot be read",
            $"{Certificates}3:KeyPath: The private key is not that of", $"{Certificates}4:Password: The password is wrong",
            $"{Certificates}5:Path: ", $"{Certificates}6:Path: The file holds no private key",
            "L4Proxy:Endpoints:in:ClientCertificate:Ca: The file cannot be read", "L4Proxy:Routes:all:Certificate:Path: The file cannot be read",
            "L4Proxy:Routes:missing:Certificate:Path: The file cannot be read", "L4Proxy:Routes:other:Certificate:KeyPath: The private key is not that of",
            "L4Proxy:Clusters:out:Tls:Ca: ", "L4Proxy:Clusters:out:Tls:ClientCertificate:Path: The file cannot be read",
        ];
        var lines = result.Error.Split('\n');
        Assert.All(expected, start => Assert.True(lines.Count(line => line.StartsWith(start, StringComparison.Ordinal)) == 1, $"{start}\n{result}"));
        Assert.DoesNotContain(lines, line => line.StartsWith($"{Certificates}0", StringComparison.Ordinal));
        Assert.DoesNotContain("wrong-secret", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_this_user_may_not_read_is_an_error()
    {
        Installed.RequireRoot("the check runs as another user");
        using var authority = new CertificateAuthority();
        using var directory = new TempDirectory();
        var certificate = authority.ForServer("a.example.com");
        var json = directory.Write("gateway.json", GatewayJson.OneRoute(
            $$""" "Url": "tls://127.0.0.1:{{FreePorts.Next()}}", "Certificates": [{ "Path": "a.crt", "KeyPath": "a.key" }] """, GatewayJson.Cluster(1)));
        File.Copy(certificate.CertificatePath, directory.File("a.crt"));
        File.Copy(certificate.KeyPath, directory.File("a.key"));
        (await RunningProgram.RunAsync("chmod", ["755", directory.Path], Cancellation)).Succeeded();
        (await RunningProgram.RunAsync("chmod", ["400", directory.File("a.key")], Cancellation)).Succeeded();

        var result = await GatewayProcess.CheckAsAsync("nobody", json, Cancellation);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("L4Proxy:Endpoints:in:Certificates:0:KeyPath: The file cannot be read", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_odd_about_certificates_is_said_at_once_and_stops_nothing()
    {
        using var authority = new CertificateAuthority();
        var (expired, soon, other) = (authority.ForServer(["a.example.com"], daysLeft: -1), authority.ForServer(["b.example.com"], daysLeft: 10), authority.ForServer("c.example.com"));
        var json = GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { {{GatewayJson.TlsEndpoint(FreePorts.Next(), expired, soon)}} } },
              "Routes": {
                "bytes": { "Endpoints": ["in"], "Match": { "Sni": ["a.example.com"] }, "ClusterId": "out", "Certificate": {{other.Json}} },
                "requests": { "Endpoints": ["in"], "Mode": "L7", "Match": { "Sni": ["*.b.example.com"] }, "ClusterId": "out", "Certificate": {{other.Json}} },
                "right": { "Endpoints": ["in"], "Mode": "L7", "Match": { "Sni": ["*.example.com"] }, "ClusterId": "out", "Certificate": {{other.Json}} }
              },
              "Clusters": { "out": { {{GatewayJson.Cluster(1)}} } }
            }
            """);

        var check = await GatewayProcess.RunAsync(json, ["--config", "FILE", "--check"], Cancellation);

        Assert.Equal("ok", check.Succeeded());
        string[] expected =
        [
            "warning: L4Proxy:Endpoints:in:Certificates:0:Path: The certificate expired at ", "warning: L4Proxy:Endpoints:in:Certificates:1:Path: The certificate expires at ",
            "warning: L4Proxy:Routes:bytes:Certificate: The certificate is for none of the names in 'Sni'",
            "warning: L4Proxy:Routes:requests:Certificate: The certificate is for none of the names in 'Sni'",
        ];
        var lines = check.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected, start => Assert.Contains(lines, line => line.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_expired_certificate_is_a_warning_and_served()
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var expired = authority.ForServer(["a.example.com"], daysLeft: -1);
        var port = FreePorts.Next();
        var json = GatewayJson.OneRoute(GatewayJson.TlsEndpoint(port, expired), GatewayJson.Cluster(echo.Port));

        var check = await GatewayProcess.RunAsync(json, ["--config", "FILE", "--check"], Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(json, Cancellation);

        Assert.Equal("ok", check.Succeeded());
        Assert.Contains("warning: L4Proxy:Endpoints:in:Certificates:0:Path: The certificate expired at", check.Error, StringComparison.Ordinal);
        await gateway.Log.WaitForAsync("The certificate expired at", RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(expired.Sha256, await OpenSslClient.CertificateSha256Async("a.example.com", port, Cancellation));
    }

    private static async Task EncryptKeyAsync(ServerCertificate certificate, string path) =>
        (await RunningProgram.RunAsync("openssl",
            ["pkcs8", "-topk8", "-in", certificate.KeyPath, "-out", path, "-passout", "pass:right"], Cancellation)).Succeeded();
}
