using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Clients of terminated TLS that must or may show a certificate.</summary>
[Trait("Runs", "Once")]
public sealed class ClientCertificateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Required_lets_in_who_has_one_of_the_authority_and_nobody_else(string version)
    {
        using var clients = new CertificateAuthority("Clients");
        using var others = new CertificateAuthority("Others");
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, echo.Port, "Required", clients);

        var good = await OpenSslClient.EchoAsync(port, "hello", Cancellation, [version, .. Show(clients.ForClient("reader"))]);
        var asked = await OpenSslClient.RunAsync(port, Cancellation, [version, .. Show(clients.ForClient("reader"))]);
        var none = await OpenSslClient.RefusedAsync(port, Cancellation, version);
        var other = await OpenSslClient.RefusedAsync(port, Cancellation, [version, .. Show(others.ForClient("reader"))]);
        var forServers = await OpenSslClient.RefusedAsync(port, Cancellation, [version, .. Show(clients.ForServer("reader"))]);

        Assert.Equal("hello", good.Succeeded());
        Assert.Contains("Clients root", asked.Succeeded(), StringComparison.Ordinal);
        Assert.All([none, other, forServers], IsRefused);
        await gateway.Log.WaitForAsync(" ms ClientTlsFailed", RunningProgram.UsualDeadline, Cancellation, count: 3);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Optional_lets_in_who_has_none_and_not_who_has_a_wrong_one(string version)
    {
        using var clients = new CertificateAuthority("Clients");
        using var others = new CertificateAuthority("Others");
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, echo.Port, "Optional", clients);

        var good = await OpenSslClient.EchoAsync(port, "hello", Cancellation, [version, .. Show(clients.ForClient("reader"))]);
        var none = await OpenSslClient.EchoAsync(port, "nobody", Cancellation, version);
        var other = await OpenSslClient.RefusedAsync(port, Cancellation, [version, .. Show(others.ForClient("reader"))]);

        Assert.Equal("hello", good.Succeeded());
        Assert.Equal("nobody", none.Succeeded());
        IsRefused(other);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_client_that_tries_to_resume_is_verified_again(string version)
    {
        using var clients = new CertificateAuthority("Clients");
        using var directory = new TempDirectory();
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, echo.Port, "Required", clients);
        string[] options = [version, .. Show(clients.ForClient("reader"))];
        var session = directory.File("session.pem");
        (await OpenSslClient.EchoAsync(port, "first", Cancellation, [.. options, "-sess_out", session])).Succeeded();
        if (!File.Exists(session))
            return; // TLS 1.3 without a ticket: there is nothing to resume, which is as good.

        var again = await OpenSslClient.EchoAsync(port, "second", Cancellation, [.. options, "-sess_in", session]);
        var without = await OpenSslClient.RefusedAsync(port, Cancellation, version, "-sess_in", session);

        Assert.Equal("second", again.Succeeded());
        IsRefused(without);
    }

    // Where the system's TLS is OpenSSL, .NET looks at the certificate only after OpenSSL's handshake, and has no way to send an alert then.
    private static void IsRefused(ProgramResult refused)
    {
        Assert.Matches("unexpected eof|SSL alert number (42|43|46|48|116)", refused.Error);
        Assert.Equal("", refused.Output);
    }

    private static string[] Show(ServerCertificate certificate) =>
        ["-cert", certificate.CertificatePath, "-cert_chain", certificate.CertificatePath, "-key", certificate.KeyPath];

    private static Task<GatewayProcess> StartAsync(int port, int echoPort, string mode, CertificateAuthority clients) =>
        GatewayProcess.StartAsync(GatewayJson.OneRoute(
            $$"""
            {{GatewayJson.TlsEndpoint(port, clients.ForServer("a.example.com"))}},
            "ClientCertificate": { "Mode": "{{mode}}", "Ca": "{{clients.RootPath}}" }
            """, GatewayJson.Cluster(echoPort)), Cancellation);
}
