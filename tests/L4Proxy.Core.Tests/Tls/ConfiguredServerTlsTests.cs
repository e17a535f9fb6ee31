using System.Net.Security;
using System.Security.Authentication;
using L4Proxy.Configuration;
using L4Proxy.Tls;

namespace L4Proxy.Core.Tests.Tls;

public sealed class ConfiguredServerTlsTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task The_certificate_of_the_name_is_shown_with_its_chain()
    {
        var server = Server("first.example.com", "a.example.com");

        var handshake = await TestHandshake.WithServerAsync(server, name: "a.example.com");

        Assert.True(handshake.Succeeded, handshake.ToString());
        Assert.Equal("a.example.com", handshake.AskedFor);
        Assert.Equal("CN=a.example.com", handshake.ServerCertificate!.Subject);
        Assert.Equal(["CN=a.example.com", "CN=Test intermediate"], handshake.Chain);
        Assert.Equal("CN=first.example.com", (await TestHandshake.WithServerAsync(server, name: "other.example.com")).ServerCertificate!.Subject);
    }

    [Fact]
    public async Task A_replaced_certificate_and_its_names_count_from_the_next_handshake()
    {
        var server = Server("first.example.com", "a.example.com");
        await TestHandshake.WithServerAsync(server);

        _files.Write("1.pem", _files.Pki.Issue("b.example.com"));
        _files.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("CN=first.example.com", (await TestHandshake.WithServerAsync(server, name: "a.example.com")).ServerCertificate!.Subject);
        Assert.Equal("CN=b.example.com", (await TestHandshake.WithServerAsync(server, name: "b.example.com")).ServerCertificate!.Subject);
    }

    [Fact]
    public async Task A_replaced_chain_is_shown_with_the_same_certificate()
    {
        var certificate = _files.Pki.Issue("a.example.com");
        _files.Write("a.pem", certificate.ExportCertificatePem() + "\n" + TestPki.KeyPem(certificate));
        var server = _files.Server(new L4Endpoint { Certificates = [new L4Certificate { Path = "a.pem" }] });
        Assert.Equal(["CN=a.example.com"], (await TestHandshake.WithServerAsync(server)).Chain);

        _files.Write("a.pem", certificate);
        _files.Time.Advance(TimeSpan.FromSeconds(1));

        // The runtime keeps what it made of a certificate for later handshakes.
        Assert.Equal(["CN=a.example.com", "CN=Test intermediate"], (await TestHandshake.WithServerAsync(server)).Chain);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Versions_that_are_not_deprecated_are_spoken(SslProtocols version)
    {
        var server = Server("a.example.com");

        Assert.Equal(version, (await TestHandshake.WithServerAsync(server, client => client.EnabledSslProtocols = version)).Protocol);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, server.OptionsFor(null).EnabledSslProtocols);
    }

    [Theory]
    [InlineData("h2 http/1.1", "http/1.1 h2", "h2")]
    [InlineData("h2 http/1.1", "http/1.1", "http/1.1")]
    [InlineData("h2", "", "")]
    [InlineData("", "h2", "")]
    [InlineData("h2", "mqtt", null)]
    public async Task The_first_common_protocol_of_the_endpoint_is_agreed_on(string configured, string offered, string? agreed)
    {
        var server = _files.Server(new L4Endpoint
        {
            Certificates = [_files.Write("a.pem", _files.Pki.Issue("a.example.com"))], Alpn = configured.Length == 0 ? null : configured.Split(' '),
        });

        var handshake = await TestHandshake.WithServerAsync(
            server, client => client.ApplicationProtocols = offered.Length == 0 ? null : [.. offered.Split(' ').Select(name => new SslApplicationProtocol(name))]);

        Assert.Equal(agreed is not null, handshake.Succeeded);
        Assert.Equal(agreed ?? "", handshake.Alpn);
        if (agreed is null)
            Assert.Contains("alert no application protocol", handshake.ClientError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(L4ClientCertificateMode.Off, "none", true)]
    [InlineData(L4ClientCertificateMode.Optional, "none", true)]
    [InlineData(L4ClientCertificateMode.Optional, "good", true)]
    [InlineData(L4ClientCertificateMode.Optional, "stranger", false)]
    [InlineData(L4ClientCertificateMode.Optional, "server", false)]
    [InlineData(L4ClientCertificateMode.Optional, "expired", false)]
    [InlineData(L4ClientCertificateMode.Required, "none", false)]
    [InlineData(L4ClientCertificateMode.Required, "good", true)]
    [InlineData(L4ClientCertificateMode.Required, "stranger", false)]
    [InlineData(L4ClientCertificateMode.Required, "server", false)]
    [InlineData(L4ClientCertificateMode.Required, "expired", false)]
    public async Task A_clients_certificate_is_verified_by_the_authorities(L4ClientCertificateMode mode, string shown, bool succeeds)
    {
        var server = Server(mode);
        using var certificate = shown switch
        {
            "good" => _files.Pki.Issue(["client"], TestPki.ForClients),
            "stranger" => new TestPki().Issue(["client"], TestPki.ForClients),
            "server" => _files.Pki.Issue(["client"], TestPki.ForServers),
            "expired" => _files.Pki.Issue(["client"], TestPki.ForClients, until: TestPki.Now.AddMinutes(-1)),
            _ => null,
        };

        // TLS 1.2: in 1.3 a client has finished before it is verified.
        var handshake = await TestHandshake.WithServerAsync(server, client =>
        {
            client.EnabledSslProtocols = SslProtocols.Tls12;
            if (certificate is not null)
                client.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, [_files.Pki.Intermediate], offline: true);
        });

        Assert.Equal(succeeds, handshake.ServerError is null);
        Assert.Equal(succeeds && shown == "good" && mode != L4ClientCertificateMode.Off ? "CN=client" : null, handshake.ClientCertificate?.Subject);
    }

    [Fact]
    public async Task The_request_for_a_certificate_names_the_authorities()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Windows takes the names from a store of the system.");
        var server = Server(L4ClientCertificateMode.Required);
        string[] issuers = [];

        await TestHandshake.WithServerAsync(server, client => client.LocalCertificateSelectionCallback = (_, _, _, remote, acceptable) =>
        {
            issuers = remote is null ? issuers : acceptable;
            return null!;
        });

        Assert.Equal(["CN=Test root"], issuers);
    }

    [Fact]
    public async Task Replaced_authorities_count_from_the_next_handshake()
    {
        var server = Server(L4ClientCertificateMode.Required);
        var other = new TestPki();
        using var certificate = other.Issue(["client"], TestPki.ForClients);
        var context = SslStreamCertificateContext.Create(certificate, [other.Intermediate], offline: true);
        Assert.NotNull((await TestHandshake.WithServerAsync(server, client => client.ClientCertificateContext = context)).ServerError);

        _files.Write("ca.pem", other.RootPem);
        _files.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null((await TestHandshake.WithServerAsync(server, client => client.ClientCertificateContext = context)).ServerError);
    }

    [Fact]
    public void Options_are_made_anew_for_each_handshake_of_one_context()
    {
        var server = _files.Server(new L4Endpoint
        {
            Certificates = [_files.Write("a.pem", _files.Pki.Issue("a.example.com"))], Alpn = ["h2"], HandshakeTimeout = TimeSpan.FromSeconds(1.5),
        });

        var (first, second) = (server.OptionsFor(null), server.OptionsFor("a.example.com"));

        Assert.Equal(1500, server.HandshakeTimeout);
        Assert.NotSame(first, second);
        Assert.NotSame(first.ApplicationProtocols, second.ApplicationProtocols);
        Assert.Same(first.ServerCertificateContext, second.ServerCertificateContext);
        Assert.True(first.AllowTlsResume);
        Assert.False(first.AllowRenegotiation);
        Assert.Equal(10_000, Server("b.example.com").HandshakeTimeout);
    }

    [Fact]
    public void Sessions_of_clients_with_certificates_are_not_resumed() =>
        Assert.False(Server(L4ClientCertificateMode.Optional).OptionsFor(null).AllowTlsResume);

    private ServerTls Server(params string[] names) => _files.Server(new L4Endpoint
    {
        Certificates = [.. names.Select((name, i) => _files.Write($"{i}.pem", _files.Pki.Issue(name)))],
    });

    private ServerTls Server(L4ClientCertificateMode mode) => _files.Server(new L4Endpoint
    {
        Certificates = [_files.Write("a.pem", _files.Pki.Issue("a.example.com"))],
        ClientCertificate = new L4ClientCertificate { Mode = mode, Ca = "ca.pem" },
    });
}
