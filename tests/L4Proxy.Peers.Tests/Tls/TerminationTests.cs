using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>openssl's client against TLS that ends at the gateway: certificates by name, chains, ALPN, versions.</summary>
[Trait("Runs", "Once")]
public sealed class TerminationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Each_name_is_shown_its_own_certificate_and_every_other_the_first(string version)
    {
        using var authority = new CertificateAuthority();
        var (first, second) = (authority.ForServer("first.example.com"), authority.ForServer("second.example.com", "*.wild.example.com"));
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.OneRoute(GatewayJson.TlsEndpoint(port, first, second), GatewayJson.Cluster(echo.Port)), Cancellation);

        Assert.Equal(first.Sha256, await ShownAsync(port, version, "first.example.com"));
        Assert.Equal(second.Sha256, await ShownAsync(port, version, "second.example.com"));
        Assert.Equal(second.Sha256, await ShownAsync(port, version, "any.wild.example.com"));
        Assert.Equal(first.Sha256, await ShownAsync(port, version, "wild.example.com"));
        Assert.Equal(first.Sha256, await ShownAsync(port, version, "unknown.example.org"));
        Assert.Equal(first.Sha256, await ShownAsync(port, version, name: null));
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task The_chain_is_verified_with_the_root_alone_and_bytes_go_through(string version, string spoken)
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(echo.Port)), Cancellation);
        string[] options = [version, "-servername", "a.example.com", "-CAfile", authority.RootPath, "-verify_return_error",
            "-verify_hostname", "a.example.com"];

        var handshake = await OpenSslClient.RunAsync(port, Cancellation, options);
        var echoed = await OpenSslClient.EchoAsync(port, "inside of TLS", Cancellation, options);

        Assert.Contains("Verify return code: 0 (ok)", handshake.Succeeded(), StringComparison.Ordinal);
        Assert.Contains($"New, {spoken}", handshake.Output, StringComparison.Ordinal);
        Assert.Contains("Test intermediate", handshake.Output, StringComparison.Ordinal);
        Assert.Equal("inside of TLS", echoed.Succeeded());
        await gateway.Log.WaitForAsync("Completed", RunningProgram.UsualDeadline, Cancellation, count: 2);
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task Old_versions_are_refused(string version)
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(echo.Port)), Cancellation);

        var refused = await OpenSslClient.RunAsync(port, Cancellation, version, "-cipher", "ALL:@SECLEVEL=0");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("alert protocol version", refused.Error, StringComparison.Ordinal);
        await gateway.Log.WaitForAsync("ClientTlsFailed", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Alpn_is_the_endpoints_choice_and_no_overlap_is_an_alert(string version)
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            $$"""{{GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com"))}}, "Alpn": ["mqtt", "other"]""",
            GatewayJson.Cluster(echo.Port)), Cancellation);

        Assert.Contains("ALPN protocol: mqtt", (await AlpnAsync("other,mqtt")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("ALPN protocol: other", (await AlpnAsync("h2,other")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("No ALPN negotiated", (await OpenSslClient.RunAsync(port, Cancellation, version)).Succeeded(), StringComparison.Ordinal);
        var refused = await AlpnAsync("h2,http/1.1");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("alert no application protocol", refused.Error, StringComparison.Ordinal);

        Task<ProgramResult> AlpnAsync(string offered) => OpenSslClient.RunAsync(port, Cancellation, version, "-alpn", offered);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task An_endpoint_without_Alpn_serves_clients_that_offer_some(string version)
    {
        using var authority = new CertificateAuthority();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(echo.Port)), Cancellation);

        var result = await OpenSslClient.RunAsync(port, Cancellation, version, "-alpn", "h2,http/1.1");

        Assert.Contains("No ALPN negotiated", result.Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task A_session_is_resumed(string version, string spoken)
    {
        using var authority = new CertificateAuthority();
        using var directory = new TempDirectory();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(echo.Port)), Cancellation);
        var session = directory.File("session.pem");

        (await OpenSslClient.EchoAsync(port, "a ticket comes before this", Cancellation, version, "-sess_out", session)).Succeeded();
        var resumed = await OpenSslClient.RunAsync(port, Cancellation, version, "-sess_in", session);
        var echoed = await OpenSslClient.EchoAsync(port, "and bytes go through", Cancellation, version, "-sess_in", session);

        Assert.Contains($"Reused, {spoken}", resumed.Succeeded(), StringComparison.Ordinal);
        Assert.Equal("and bytes go through", echoed.Succeeded());
    }

    private static Task<string> ShownAsync(int port, string version, string? name) => name is null
        ? OpenSslClient.CertificateSha256Async(port, Cancellation, version, "-noservername")
        : OpenSslClient.CertificateSha256Async(name, port, Cancellation, version);
}
