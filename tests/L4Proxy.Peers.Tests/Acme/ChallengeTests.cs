using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Tls;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Acme;

/// <summary>ACME clients prove through the gateway that a name is theirs, beside everybody else on its ports, and what they write is shown.</summary>
[Trait("Runs", "Once")]
public sealed class ChallengeTests
{
    private const string Name = "own.example.internal";
    private const string Other = "other.example.internal";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "E5")]
    public async Task Certbot_is_asked_over_the_port_of_the_web_and_HTTPS_is_served_once_its_certificate_is_there()
    {
        await using var site = await Site.StartAsync();
        site.Gateway.Rewrite(site.Json(withTls: true));
        var refused = await site.Gateway.Log.WaitForAsync("L4Proxy:Endpoints:tls:Certificates:0:Path: ", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains(site.Certbot.CertificatePath(Name), refused, StringComparison.Ordinal);
        Assert.False(await Eventually.CanConnectAsync(site.TlsPort, Cancellation));

        var certificate = await site.Certbot.ObtainAsync(Name, Cancellation);

        await Eventually.AcceptsAsync(site.TlsPort, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(certificate.Sha256, await OpenSslClient.CertificateSha256Async(Name, site.TlsPort, Cancellation));
        Assert.Equal($"{HttpBackend.Answer(Name)} 2", await Curl.GetAsync(Name, site.TlsPort, site.Certbot.ChainPath(Name), Cancellation));
        var other = await Curl.RunAsync($"http://{Name}:{site.HttpPort}/.well-known/other", Cancellation);
        Assert.Equal(HttpBackend.Answer(Name), other.Succeeded());
        Assert.Equal(2, site.Web.Clients.Count);
    }

    [Fact]
    public async Task A_renewal_is_shown_without_a_restart_and_no_handshake_fails()
    {
        await using var site = await Site.StartAsync();
        var first = await site.Certbot.ObtainAsync(Name, Cancellation);
        site.Gateway.Rewrite(site.Json(withTls: true));
        await Eventually.AcceptsAsync(site.TlsPort, RunningProgram.UsualDeadline, Cancellation);
        await using var load = new HandshakeLoad(site.TlsPort);
        await load.IsShownAsync(first.Sha256, RunningProgram.UsualDeadline);

        var renewed = await site.Certbot.RenewAsync(Name, Cancellation);

        Assert.NotEqual(first.Sha256, renewed.Sha256);
        await load.IsShownAsync(renewed.Sha256, RunningProgram.UsualDeadline);
        await load.StopAsync();
        Assert.Equal(renewed.Sha256, await OpenSslClient.CertificateSha256Async(Name, site.TlsPort, Cancellation));
        await site.Gateway.Log.WaitForAsync($"was replaced: the certificate for {Name}", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Lego_is_asked_over_the_port_of_TLS_for_its_name_alone_and_others_answer_for_theirs()
    {
        Installed.Require("lego");
        var (port, answers) = (FreePorts.Next(), FreePorts.Next());
        await using var pebble = await PebblePeer.StartAsync(FreePorts.Next(), port, [Name], Cancellation);
        using var directory = new TempDirectory();
        using var authority = new CertificateAuthority();
        var lego = new Lego(pebble, directory, answers);
        var placeholder = lego.CreatePlaceholder(Name);
        var others = authority.ForServer("*.example.internal");
        await using var server = await OpenSslServer.StartAsync(others, ["-quiet", "-alpn", "acme-tls/1"], Cancellation);
        await using var echo = new EchoBackend();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "tls": { "Url": "tcp://127.0.0.1:{{port}}" } },
              "Routes": {
                "acme": { "Match": { "Sni": ["{{Name}}"], "Alpn": ["acme-tls/1"] }, "ClusterId": "lego" },
                "own": { "Match": { "Sni": ["{{Name}}"] }, "ClusterId": "echo", "Tls": "Terminate", "Certificate": {{placeholder.Json}} },
                "others": { "Match": { "Sni": ["*.example.internal"] }, "ClusterId": "others" }
              },
              "Clusters": {
                "lego": { {{GatewayJson.Cluster(answers)}} },
                "echo": { {{GatewayJson.Cluster(echo.Port)}} },
                "others": { {{GatewayJson.Cluster(server.Port)}} }
              }
            }
            """), Cancellation);
        Assert.Equal(placeholder.Sha256, await OpenSslClient.CertificateSha256Async(Name, port, Cancellation));
        Assert.Equal(others.Sha256, await OpenSslClient.CertificateSha256Async(Other, port, Cancellation, "-alpn", "acme-tls/1"));

        var certificate = await lego.ObtainAsync(Name, Cancellation);

        await gateway.Log.WaitForAsync($"was replaced: the certificate for {Name}", RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(certificate.Sha256, await OpenSslClient.CertificateSha256Async(Name, port, Cancellation));
        Assert.Equal(others.Sha256, await OpenSslClient.CertificateSha256Async(Other, port, Cancellation));
    }

    /// <summary>certbot and a web application behind one plaintext port, and a port for TLS.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private const string Inside =
            $$"""
            "requests": { "Endpoints": ["tls"], "Mode": "L7", "Match": { "Sni": ["{{Name}}"] }, "ClusterId": "web" },
            "others": { "Endpoints": ["tls"], "ClusterId": "echo" }
            """;

        private readonly TempDirectory _directory = new();

        private Site(HttpBackend web, PebblePeer pebble, int httpPort, int tlsPort)
        {
            (Web, Pebble, HttpPort, TlsPort) = (web, pebble, httpPort, tlsPort);
            Certbot = new Certbot(pebble, _directory, AnswerPort);
        }

        public HttpBackend Web { get; }

        public Certbot Certbot { get; }

        public GatewayProcess Gateway { get; private set; } = null!;

        public int HttpPort { get; }

        public int TlsPort { get; }

        private PebblePeer Pebble { get; }

        private EchoBackend Echo { get; } = new();

        private int AnswerPort { get; } = FreePorts.Next();

        public static async Task<Site> StartAsync()
        {
            Installed.Require("certbot");
            var (httpPort, tlsPort) = (FreePorts.Next(), FreePorts.Next());
            var pebble = await PebblePeer.StartAsync(httpPort, tlsPort, [Name], Cancellation);
            var site = new Site(await HttpBackend.StartAsync(Cancellation), pebble, httpPort, tlsPort);
            site.Gateway = await GatewayProcess.StartAsync(site.Json(withTls: false), Cancellation);
            return site;
        }

        /// <summary>FILE, perhaps with an endpoint that ends TLS with certbot's certificate.</summary>
        public string Json(bool withTls)
        {
            var certificate = new ServerCertificate(Certbot.CertificatePath(Name), Certbot.KeyPath(Name), "");
            var tls = withTls ? $$""" "tls": { {{GatewayJson.TlsEndpoint(TlsPort, certificate)}} } """ : null;
            return $$"""
            {
              "ReverseProxy": {
                "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } },
                "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:{{Web.Port}}" } } } }
              },
              "L4Proxy": {
                "Endpoints": { "http": { "Url": "tcp://127.0.0.1:{{HttpPort}}" } {{GatewayJson.More(tls)}} },
                "Routes": {
                  "acme": {
                    "Endpoints": ["http"], "Match": { "Host": ["{{Name}}"], "Path": ["/.well-known/acme-challenge/"] }, "ClusterId": "certbot"
                  },
                  "web": { "Endpoints": ["http"], "Action": "Http" }
                  {{GatewayJson.More(withTls ? Inside : null)}}
                },
                "Clusters": {
                  "certbot": { {{GatewayJson.Cluster(AnswerPort)}} }, "echo": { {{GatewayJson.Cluster(Echo.Port)}} }, "web": { {{GatewayJson.Cluster(Web.Port)}} }
                }
              }
            }
            """;
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Pebble.DisposeAsync();
            await Web.DisposeAsync();
            await Echo.DisposeAsync();
            _directory.Dispose();
        }
    }
}
