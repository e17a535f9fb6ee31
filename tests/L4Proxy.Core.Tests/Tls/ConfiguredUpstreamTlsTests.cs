using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Names;

namespace L4Proxy.Core.Tests.Tls;

public sealed class ConfiguredUpstreamTlsTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("a.example.com", "a.example.com", true)]
    [InlineData("a.example.com", "*.example.com", true)]
    [InlineData("a.example.com", "b.example.com", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "a.example.com", false)]
    [InlineData("::1", "::1", true)]
    public async Task The_name_is_asked_for_unless_it_is_an_address_and_checked(string name, string certificate, bool succeeds)
    {
        var upstream = _files.Upstream(new L4UpstreamTls { Ca = "ca.pem" });

        var handshake = await TestHandshake.WithClientAsync(upstream, name, _files.Pki.Issue(certificate), pki: _files.Pki);

        Assert.Equal(succeeds, handshake.ClientError is null);
        Assert.Equal(System.Net.IPAddress.TryParse(name, out _) ? "" : name, handshake.AskedFor);
    }

    [Fact]
    public async Task Only_the_authorities_given_are_trusted()
    {
        var upstream = _files.Upstream(new L4UpstreamTls { Ca = "ca.pem" });
        var other = new TestPki();

        Assert.NotNull((await TestHandshake.WithClientAsync(upstream, "a", other.Issue("a"), pki: other)).ClientError);
        Assert.NotNull((await TestHandshake.WithClientAsync(upstream, "a", _files.Pki.Issue("a"))).ClientError);

        _files.Write("ca.pem", _files.Pki.RootPem + "\n" + _files.Pki.IntermediatePem);
        _files.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await TestHandshake.WithClientAsync(upstream, "a", _files.Pki.Issue("a"))).ClientError);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_trusted_when_it_is_the_authority()
    {
        using var certificate = TestPki.SelfSigned("CN=a.example.com");
        _files.Write("ca.pem", certificate.ExportCertificatePem());

        var handshake = await TestHandshake.WithClientAsync(_files.Upstream(new L4UpstreamTls { Ca = "ca.pem" }), "a.example.com", certificate);

        Assert.True(handshake.Succeeded, handshake.ToString());
    }

    [Fact]
    public async Task The_systems_authorities_do_not_know_a_certificate_of_ours() =>
        Assert.NotNull((await TestHandshake.WithClientAsync(_files.Upstream(new L4UpstreamTls()), "a", _files.Pki.Issue("a"), pki: _files.Pki)).ClientError);

    [Theory]
    [InlineData(TestPki.ForClients, false)]
    [InlineData(TestPki.ForServers, true)]
    public async Task The_certificate_must_be_a_servers(string usage, bool succeeds)
    {
        var handshake = await TestHandshake.WithClientAsync(
            _files.Upstream(new L4UpstreamTls { Ca = "ca.pem" }), "a", _files.Pki.Issue(["a"], usage), pki: _files.Pki);

        Assert.Equal(succeeds, handshake.ClientError is null);
    }

    [Fact]
    public async Task Anything_is_taken_with_SkipVerify()
    {
        var other = new TestPki();

        var handshake = await TestHandshake.WithClientAsync(
            _files.Upstream(new L4UpstreamTls { SkipVerify = true }), "a", other.Issue(["b"], TestPki.ForServers, until: TestPki.Now.AddMinutes(-1)));

        Assert.True(handshake.Succeeded, handshake.ToString());
        Assert.Equal("CN=b", handshake.ServerCertificate!.Subject);
    }

    [Fact]
    public async Task A_certificate_of_the_clusters_own_is_shown_with_its_chain()
    {
        var upstream = _files.Upstream(new L4UpstreamTls
        {
            Ca = "ca.pem", ClientCertificate = _files.Write("client.pem", _files.Pki.Issue(["client"], TestPki.ForClients)), Alpn = ["mqtt"],
        });
        var chain = 0;

        var handshake = await TestHandshake.WithClientAsync(upstream, "a", _files.Pki.Issue("a"), server =>
        {
            server.ClientCertificateRequired = true;
            server.ApplicationProtocols = [new SslApplicationProtocol("mqtt")];
            server.RemoteCertificateValidationCallback = (_, _, shown, _) => (chain = shown!.ChainElements.Count) > 0;
        }, _files.Pki);

        Assert.True(handshake.Succeeded, handshake.ToString());
        Assert.Equal(("CN=client", 2, "mqtt"), (handshake.ClientCertificate!.Subject, chain, handshake.Alpn));
    }

    [Fact]
    public void Options_are_made_anew_for_each_handshake()
    {
        var upstream = _files.Upstream(new L4UpstreamTls { Ca = "ca.pem", Alpn = ["h2"] });

        var (first, second) = (upstream.OptionsFor("a"), upstream.OptionsFor("a"));

        Assert.NotSame(first, second);
        Assert.NotSame(first.ApplicationProtocols, second.ApplicationProtocols);
        Assert.NotSame(first.CertificateChainPolicy, second.CertificateChainPolicy);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, first.EnabledSslProtocols);
        Assert.Equal(X509RevocationMode.NoCheck, first.CertificateChainPolicy!.RevocationMode);
        Assert.True(first.CertificateChainPolicy.DisableCertificateDownloads);
    }

    [Theory]
    [InlineData(null, "db.internal:5432", "db.internal")]
    [InlineData(null, "DB.Internal.:5432", "db.internal")]
    [InlineData(null, "{x}.internal:5432", "one.internal")]
    [InlineData(null, "10.0.0.1:443", "10.0.0.1")]
    [InlineData(null, "[2001:db8::1]:443", "2001:db8::1")]
    [InlineData(null, "[fe80::1%2]:443", "fe80::1")]
    [InlineData(null, "unix:/run/x.sock", null)]
    [InlineData(null, "{y}.internal:443", null)]
    [InlineData("db.example.com", "10.0.0.1:443", "db.example.com")]
    [InlineData("db.example.com", "unix:/run/x.sock", "db.example.com")]
    [InlineData("10.0.0.9", "db.internal:443", "10.0.0.9")]
    [InlineData("{x}.example.com", "10.0.0.1:443", "one.example.com")]
    [InlineData("{y}.example.com", "10.0.0.1:443", null)]
    public void The_name_is_the_clusters_or_the_host_dialled(string? configured, string address, string? expected)
    {
        Assert.True(DestinationAddress.TryParse(address, out var destination, out _));
        Assert.True(ServerNamePattern.TryParse("{x}.example.org", out var pattern, out _));
        var captures = new RouteCaptures(pattern, null, "one.example.org");

        var made = _files.Upstream(new L4UpstreamTls { ServerName = configured }).TryGetServerName(captures, destination, out var name);

        Assert.Equal((expected is not null, expected), (made, name));
    }

    [Theory]
    [InlineData("-.example.org")]
    [InlineData("a-.example.org")]
    public void A_capture_that_is_no_host_label_makes_no_name(string serverName)
    {
        Assert.True(DestinationAddress.TryParse("10.0.0.1:443", out var destination, out _));
        Assert.True(ServerNamePattern.TryParse("{x}.example.org", out var pattern, out _));

        Assert.False(_files.Upstream(new L4UpstreamTls { ServerName = "{x}.example.com" })
            .TryGetServerName(new RouteCaptures(pattern, null, serverName), destination, out _));
    }
}
