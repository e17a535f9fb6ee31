using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Real directory and mail servers behind one port each, by the name in the TLS that their clients ask for in plaintext.</summary>
[Trait("Runs", "Once")]
public sealed class StartTlsTests : IDisposable
{
    private readonly CertificateAuthority _authority = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ldapsearch_reaches_the_directory_of_the_name()
    {
        Installed.Require("ldapsearch");
        await using var slapd = await SlapdPeer.StartAsync(_authority.ForServer("localhost"), Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(One("ldap", "localhost", port, slapd.Port), Cancellation);
        // It asks for localhost, and checks the name that the machine has.
        var environment = new Dictionary<string, string> { ["LDAPTLS_REQCERT"] = "never" };

        string[] Search(int at, string tls) => ["-x", tls, "-LLL", "-H", $"ldap://localhost:{at}", "-b", "", "-s", "base", "supportedExtension"];
        var direct = await RunningProgram.RunAsync("ldapsearch", Search(slapd.Port, "-ZZ"), Cancellation, environment: environment);
        var through = await RunningProgram.RunAsync("ldapsearch", Search(port, "-ZZ"), Cancellation, environment: environment);

        Assert.Equal(direct.Succeeded(), through.Succeeded());
        Assert.Contains("supportedExtension: 1.3.6.1.4.1.1466.20037", through.Output, StringComparison.Ordinal);
        await gateway.Log.WaitForAsync("ldap localhost ldap out/a", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Curl_reaches_the_mail_server_of_the_name()
    {
        Installed.Require("curl");
        await using var one = await PostfixPeer.StartAsync("one.example.com", _authority.ForServer("one.example.com"), Cancellation);
        await using var two = await PostfixPeer.StartAsync("two.example.com", _authority.ForServer("two.example.com"), Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only($$"""
            {
              "Endpoints": { "smtp": { "Url": "tcp://127.0.0.1:{{port}}" } },
              "Routes": {
                "one": { "Match": { "Protocols": ["smtp"], "Sni": ["one.example.com"] }, "ClusterId": "one" },
                "two": { "Match": { "Protocols": ["smtp"], "Sni": ["two.example.com"] }, "ClusterId": "two" }
              },
              "Clusters": {
                "one": { "Destinations": { "a": { "Address": "127.0.0.1:{{one.Port}}" } } },
                "two": { "Destinations": { "a": { "Address": "127.0.0.1:{{two.Port}}" } } }
              }
            }
            """), Cancellation);

        foreach (var name in new[] { "one.example.com", "two.example.com" })
        {
            var result = await CurlAsync("smtp", name, port, "-X", "NOOP");
            // Its own, in TLS that was verified.
            Assert.Contains($"< 250-{name}", result.Error, StringComparison.Ordinal);
            Assert.Contains("< 250 2.0.0 Ok", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("imap", "* LIST (\\HasNoChildren) \"/\" INBOX")]
    [InlineData("pop3", "")]
    public async Task Curl_reads_mail_from_the_server_of_the_name(string protocol, string listed)
    {
        Installed.Require("curl");
        await using var dovecot = await DovecotPeer.StartAsync(_authority.ForServer("one.example.com"), Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            One(protocol, "one.example.com", port, protocol == "imap" ? dovecot.ImapPort : dovecot.Pop3Port), Cancellation);

        var result = await CurlAsync(protocol, "one.example.com", port, "-u", "alice:secret");

        Assert.Equal(listed, result.Output.Trim());
        Assert.Contains("ogged in", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("imap")]
    [InlineData("pop3")]
    [InlineData("ldap")]
    public async Task Where_TLS_ends_here_openssl_is_shown_the_certificate_of_the_name(string protocol)
    {
        var (one, two) = (_authority.ForServer("one.example.com"), _authority.ForServer("two.example.com"));
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only($$"""
            {
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}", "Certificates": [{{one.Json}}, {{two.Json}}] } },
              "Routes": { "all": { "Match": { "Protocols": ["{{protocol}}"], "Sni": ["*.example.com"] }, "ClusterId": "out", "Tls": "Terminate" } },
              "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{FreePorts.Next()}}" } } } }
            }
            """), Cancellation);

        Assert.Equal(one.Sha256, await OpenSslClient.CertificateSha256Async("one.example.com", port, Cancellation, "-starttls", protocol));
        Assert.Equal(two.Sha256, await OpenSslClient.CertificateSha256Async("two.example.com", port, Cancellation, "-starttls", protocol));
    }

    public void Dispose() => _authority.Dispose();

    private static string One(string protocol, string name, int port, int to) => GatewayJson.L4Only($$"""
        {
          "Endpoints": { "{{protocol}}": { "Url": "tcp://127.0.0.1:{{port}}" } },
          "Routes": { "{{protocol}}": { "Match": { "Protocols": ["{{protocol}}"], "Sni": ["{{name}}"] }, "ClusterId": "out" } },
          "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{to}}" } } } }
        }
        """);

    private async Task<ProgramResult> CurlAsync(string scheme, string name, int port, params string[] options)
    {
        var result = await RunningProgram.RunAsync("curl",
            ["-sSv", "--ssl-reqd", "--cacert", _authority.RootPath, "--connect-to", "::127.0.0.1:", $"{scheme}://{name}:{port}/", .. options], Cancellation);
        result.Succeeded();
        return result;
    }
}
