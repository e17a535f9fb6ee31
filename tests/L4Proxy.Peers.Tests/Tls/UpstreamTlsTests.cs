using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>TLS to nginx and to openssl's server: what is verified, what is shown, and what becomes of the rest.</summary>
[Trait("Runs", "Once")]
public sealed class UpstreamTlsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TLSv1.2", "good.internal")]
    [InlineData("TLSv1.3", "good.internal")]
    [InlineData("TLSv1.2 TLSv1.3", "127.0.0.1")]
    public async Task A_server_with_the_right_name_of_the_right_authority_is_reached(string versions, string name)
    {
        using var authority = new CertificateAuthority();
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer(name), Cancellation, versions: versions);
        var serverName = name == "127.0.0.1" ? "" : $$""" "ServerName": "{{name}}", """;

        var result = await AskAsync($$""" {{serverName}} "Ca": "{{authority.RootPath}}" """, nginx.Port);

        Assert.Equal($"[{(serverName.Length == 0 ? "" : name)}] {versions.Split(' ')[^1]} [] NONE []", result.Succeeded());
    }

    [Fact]
    public async Task Names_protocols_and_the_clients_certificate_are_shown_to_the_server()
    {
        using var authority = new CertificateAuthority();
        var gatewayCertificate = authority.ForClient("gateway");
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer("good.internal"), Cancellation,
            $"ssl_verify_client on; ssl_verify_depth 3; ssl_client_certificate {authority.RootPath};");
        var common = $$""" "ServerName": "good.internal", "Ca": "{{authority.RootPath}}", "Alpn": ["http/1.1"] """;

        var shown = await AskAsync($$"""{{common}}, "ClientCertificate": {{gatewayCertificate.Json}}""", nginx.Port);
        var notShown = await AskAsync(common, nginx.Port);

        Assert.Equal("[good.internal] TLSv1.3 [http/1.1] SUCCESS [CN=gateway]", shown.Succeeded());
        // What nginx says to a client without one.
        Assert.Equal(22, notShown.ExitCode);
        Assert.Contains("400", notShown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another.internal", true, "RemoteCertificateNameMismatch")]
    [InlineData("good.internal", false, "PartialChain")]
    public async Task A_wrong_server_is_refused_and_the_next_one_tried(string name, bool rightAuthority, string said)
    {
        using var authority = new CertificateAuthority();
        using var others = new CertificateAuthority("Others");
        await using var wrong = await NginxPeer.StartAsync((rightAuthority ? authority : others).ForServer(name), Cancellation);
        await using var right = await NginxPeer.StartAsync(authority.ForServer("good.internal"), Cancellation);
        var tls = $$""" "ServerName": "good.internal", "Ca": "{{authority.RootPath}}" """;
        var (both, alone) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "both": { {{GatewayJson.TcpEndpoint(both)}} }, "alone": { {{GatewayJson.TcpEndpoint(alone)}} } },
              "Routes": { "both": { "Endpoints": ["both"], "ClusterId": "both" }, "alone": { "Endpoints": ["alone"], "ClusterId": "alone" } },
              "Clusters": {
                "both": { {{GatewayJson.Cluster(wrong.Port, right.Port)}}, "Tls": { {{tls}} } },
                "alone": { {{GatewayJson.Cluster(wrong.Port)}}, "Tls": { {{tls}} } }
              }
            }
            """), Cancellation);

        // nginx says close_notify only where it is the first to close.
        var retried = await Curl.RunAsync($"http://client:{both}/tls", Cancellation, "--header", "Connection: close");
        var refused = await Curl.RunAsync($"http://client:{alone}/tls", Cancellation);

        Assert.Equal("[good.internal] TLSv1.3 [] NONE []", retried.Succeeded());
        Assert.NotEqual(0, refused.ExitCode);
        await gateway.Log.WaitForAsync(said, RunningProgram.UsualDeadline, Cancellation, count: 2);
        await gateway.Log.WaitForAsync(" ms UpstreamTlsFailed", RunningProgram.UsualDeadline, Cancellation);
        await gateway.Log.WaitForAsync(" ms Completed", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Without_Ca_the_systems_authorities_count_and_with_SkipVerify_none()
    {
        using var authority = new CertificateAuthority();
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer("good.internal"), Cancellation);

        var refused = await AskAsync(""" "ServerName": "good.internal" """, nginx.Port);
        var skipped = await AskAsync(""" "ServerName": "whatever.internal", "SkipVerify": true """, nginx.Port);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal("[whatever.internal] TLSv1.3 [] NONE []", skipped.Succeeded());
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_or_only_an_old_version_is_refused()
    {
        using var authority = new CertificateAuthority();
        await using var plain = await HttpBackend.StartAsync(Cancellation);
        await using var old = await NginxPeer.StartAsync(
            authority.ForServer("good.internal"), Cancellation, "ssl_ciphers ALL:@SECLEVEL=0;", "TLSv1.1");
        var tls = $$""" "ServerName": "good.internal", "Ca": "{{authority.RootPath}}" """;

        Assert.NotEqual(0, (await AskAsync(tls, plain.Port)).ExitCode);
        Assert.NotEqual(0, (await AskAsync(tls, old.Port)).ExitCode);
    }

    [Fact]
    public async Task What_the_clients_name_holds_becomes_the_name_that_the_server_must_have()
    {
        using var authority = new CertificateAuthority();
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer("blue.redis.internal"), Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { {{GatewayJson.TlsEndpoint(port, authority.ForServer("*.redis.example.com"))}} } },
              "Routes": { "all": { "Endpoints": ["in"], "Match": { "Sni": ["{x}.redis.example.com"] }, "ClusterId": "out" } },
              "Clusters": { "out": { {{GatewayJson.Cluster(nginx.Port)}}, "Tls": { "ServerName": "{x}.redis.internal", "Ca": "{{authority.RootPath}}" } } }
            }
            """), Cancellation);

        var blue = await Curl.RunAsync($"https://blue.redis.example.com:{port}/tls", Cancellation, "--cacert", authority.RootPath);
        var green = await Curl.RunAsync($"https://green.redis.example.com:{port}/tls", Cancellation, "--cacert", authority.RootPath);

        Assert.Equal("[blue.redis.internal] TLSv1.3 [] NONE []", blue.Succeeded());
        Assert.NotEqual(0, green.ExitCode);
        await gateway.Log.WaitForAsync("RemoteCertificateNameMismatch", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [InlineData("-tls1_2", "-tls1_2", Traits = new[] { "Runs", "Soak" })]
    [InlineData("-tls1_2", "-tls1_3")]
    [InlineData("-tls1_3", "-tls1_2")]
    [InlineData("-tls1_3", "-tls1_3", Traits = new[] { "Runs", "Soak" })]
    public async Task Openssls_client_reaches_openssls_server_over_TLS_on_both_sides_with_certificates_on_both(string clients, string servers)
    {
        using var authority = new CertificateAuthority();
        using var inside = new CertificateAuthority("Inside");
        await using var server = await OpenSslServer.StartAsync(inside.ForServer("good.internal"),
            ["-rev", servers, "-Verify", "3", "-verify_return_error", "-CAfile", inside.RootPath, "-alpn", "inner"], Cancellation);
        var (port, shown, client) = (FreePorts.Next(), inside.ForClient("gateway"), authority.ForClient("reader"));
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            $$"""
            {{GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com"))}}, "Alpn": ["outer"],
            "ClientCertificate": { "Mode": "Required", "Ca": "{{authority.ChainPath}}" }
            """,
            $$"""
            {{GatewayJson.Cluster(server.Port)}},
            "Tls": { "ServerName": "good.internal", "Ca": "{{inside.ChainPath}}", "ClientCertificate": {{shown.Json}}, "Alpn": ["inner"] }
            """), Cancellation);

        await using var running = OpenSslClient.Start(port, "-no_ign_eof", clients, "-alpn", "outer", "-servername", "a.example.com",
            "-CAfile", authority.RootPath, "-verify_return_error", "-cert", client.CertificatePath, "-key", client.KeyPath);
        await OpenSslClient.SayAsync(running, "through both");
        await running.Output.WaitForAsync("htob hguorht", RunningProgram.UsualDeadline, Cancellation);
        running.Input.Close();

        (await running.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded();
        await server.Log.WaitForAsync("Peer certificate: CN = gateway", RunningProgram.UsualDeadline, Cancellation);
        await server.Log.WaitForAsync($"Protocol version: TLSv1.{servers[^1]}", RunningProgram.UsualDeadline, Cancellation);
        await gateway.Log.WaitForAsync(" ms Completed", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_server_that_wants_a_certificate_and_gets_none_is_no_connection(string version)
    {
        using var inside = new CertificateAuthority("Inside");
        await using var server = await OpenSslServer.StartAsync(inside.ForServer("good.internal"),
            ["-rev", version, "-Verify", "3", "-verify_return_error", "-CAfile", inside.RootPath], Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(GatewayJson.TcpEndpoint(port),
            $$"""{{GatewayJson.Cluster(server.Port)}}, "Tls": { "ServerName": "good.internal", "Ca": "{{inside.ChainPath}}" }"""), Cancellation);

        using var client = await TcpClients.ConnectAsync(port, Cancellation);
        await client.SendAsync("let me in\n"u8.ToArray(), Cancellation);
        await TcpClients.WaitForEndAsync(client, Cancellation);

        await gateway.Log.WaitForAsync(" ms UpstreamTlsFailed", RunningProgram.UsualDeadline, Cancellation);
    }

    /// <summary>Asks nginx what it sees of the gateway.</summary>
    private static async Task<ProgramResult> AskAsync(string tls, int serverPort)
    {
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TcpEndpoint(port), $$"""{{GatewayJson.Cluster(serverPort)}}, "Tls": { {{tls}} }"""), Cancellation);
        return await Curl.RunAsync($"http://client:{port}/tls", Cancellation);
    }
}
