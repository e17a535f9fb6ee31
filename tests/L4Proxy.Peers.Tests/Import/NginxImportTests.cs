using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Import;

/// <summary>What nginx does with a file, the gateway does with what is imported of it.</summary>
[Trait("Runs", "Once")]
public sealed class NginxImportTests
{
    private static readonly byte[] s_ssh = "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_lead_to_the_same_backends()
    {
        await using var backends = new NamingBackends("shop", "org", "apps", "mail", "other", "ssh");
        var (port, plain) = (FreePorts.Next(), FreePorts.Next());
        await AssertSameAsync(
            $$"""
            map $ssl_preread_server_name $named {
              hostnames;
              shop.example.com   {{backends["shop"]}};
              .example.org       org;
              *.apps.example.com {{backends["apps"]}};
              www.*              {{backends["apps"]}};
              "~^mail\d*\."      {{backends["mail"]}};
              default            {{backends["other"]}};
            }
            map $ssl_preread_protocol $target {
              ""      ssh;
              default $named;
            }
            upstream org { server {{backends["org"]}}; }
            upstream ssh { server {{backends["ssh"]}}; }
            server { listen 127.0.0.1:{{port}}; ssl_preread on; proxy_pass $target; }
            server { listen 127.0.0.1:{{plain}}; proxy_pass org; }
            """,
            [
                new(port, await HelloBytes.OfAsync("shop.example.com"), "shop"),
                new(port, await HelloBytes.OfAsync("SHOP.example.com"), "shop"),
                new(port, await HelloBytes.OfAsync("a.shop.example.com"), "other"),
                new(port, await HelloBytes.OfAsync("example.org"), "org"),
                new(port, await HelloBytes.OfAsync("a.b.example.org"), "org"),
                new(port, await HelloBytes.OfAsync("apps.example.com"), "other"),
                new(port, await HelloBytes.OfAsync("x.y.apps.example.com"), "apps"),
                new(port, await HelloBytes.OfAsync("www.example.net"), "apps"),
                new(port, await HelloBytes.OfAsync("www.example.org"), "org"),
                new(port, await HelloBytes.OfAsync("mail7.example.com"), "mail"),
                new(port, await HelloBytes.OfAsync("xmail.example.com"), "other"),
                new(port, await HelloBytes.OfAsync(""), "other"),
                new(port, s_ssh, "ssh"),
                new(plain, [], "org"),
            ], port);
    }

    [Fact]
    public async Task Application_protocols_lead_to_the_same_backends()
    {
        await using var backends = new NamingBackends("h2", "http", "tls13");
        var port = FreePorts.Next();
        await AssertSameAsync(
            $$"""
            map $ssl_preread_alpn_protocols $target {
              ~\bh2\b         {{backends["h2"]}};
              ~\bhttp/1\.1\b  {{backends["http"]}};
              default         $offered;
            }
            map $ssl_preread_protocol $offered { "TLSv1.3" {{backends["tls13"]}}; }
            server { listen 127.0.0.1:{{port}}; ssl_preread on; proxy_pass $target; }
            """,
            [
                new(port, await HelloBytes.OfAsync("a.test", "http/1.1", "h2"), "h2"),
                new(port, await HelloBytes.OfAsync("a.test", "http/1.1"), "http"),
                new(port, await HelloBytes.OfAsync("a.test", "mqtt"), "tls13"),
                new(port, await HelloBytes.OfAsync("a.test"), "tls13"),
                new(port, s_ssh, ""),
            ], port);
    }

    [Fact]
    public async Task Clients_lead_to_the_same_backends_or_nowhere()
    {
        await using var backends = new NamingBackends("most", "some", "one");
        var (port, closed, range) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        await AssertSameAsync(
            $$"""
            geo $pool {
              default      {{backends["most"]}};
              127.0.0.8/30 {{backends["some"]}};
              127.0.0.9    {{backends["one"]}};
            }
            server { listen 127.0.0.1:{{port}}; proxy_pass $pool; deny 127.0.0.12; allow 127.0.0.20; deny 127.0.0.16/28; allow all; }
            server { listen 127.0.0.1:{{closed}}; proxy_pass $pool; allow 127.0.0.9; deny all; }
            server { listen 127.0.0.1:{{range}}; proxy_pass 127.0.0.1:{{backends.PortOf("one")}}; allow 127.0.0.0/8; deny all; }
            """,
            [
                new(port, [], "most"),
                new(port, [], "some", "127.0.0.10"),
                new(port, [], "one", "127.0.0.9"),
                new(port, [], "", "127.0.0.12"),
                new(port, [], "most", "127.0.0.20"),
                new(port, [], "", "127.0.0.21"),
                new(closed, [], ""),
                new(closed, [], "one", "127.0.0.9"),
                new(range, [], "one"),
            ], port);
    }

    [Fact]
    public async Task Weights_backups_and_servers_that_are_down_are_the_same()
    {
        await using var backends = new NamingBackends("a", "b", "backup");
        var (port, fallen) = (FreePorts.Next(), FreePorts.Next());
        var text =
            $$"""
            upstream weighted { server {{backends["a"]}} weight=3; server {{backends["b"]}}; server 127.0.0.1:{{FreePorts.Next()}} down; server {{backends["backup"]}} backup; }
            upstream fallen { server 127.0.0.1:{{FreePorts.Next()}} max_fails=1 fail_timeout=10s; server {{backends["backup"]}} backup; }
            server { listen 127.0.0.1:{{port}}; proxy_pass weighted; }
            server { listen 127.0.0.1:{{fallen}}; proxy_pass fallen; }
            """;
        List<ImportedClient> clients = [.. Enumerable.Range(0, 8).Select(_ => new ImportedClient(port, [], "")), new(fallen, [], ""), new(fallen, [], "")];
        List<string> ofNginx;
        await using (await NginxStreamPeer.StartFileAsync(NginxStreamPeer.File(text), port, Cancellation))
            ofNginx = await ImportedFile.AskAllAsync(clients, Cancellation);
        await using var gateway = await ImportedFile.StartAsync(NginxStreamPeer.File(text), Cancellation);
        var ofGateway = await ImportedFile.AskAllAsync(clients, Cancellation);

        Assert.Equal(["a", "a", "a", "a", "a", "a", "b", "b", "backup", "backup"], ofNginx.Order(StringComparer.Ordinal));
        Assert.Equal(ofNginx.Order(StringComparer.Ordinal), ofGateway.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Datagrams_are_dealt_out_the_same()
    {
        await using NamingDatagrams a = new("a"), b = new("b");
        await using var backends = new NamingBackends("stream");
        var (port, tcp) = (FreePorts.Next(), FreePorts.Next());
        var text = NginxStreamPeer.File(
            $$"""
            upstream names { server {{a.Address}}; server {{b.Address}}; }
            server { listen 127.0.0.1:{{port}} udp; proxy_pass names; proxy_responses 1; proxy_timeout 5s; }
            server { listen 127.0.0.1:{{tcp}}; proxy_pass {{backends["stream"]}}; }
            """);
        List<string> ofNginx;
        await using (await NginxStreamPeer.StartFileAsync(text, tcp, Cancellation))
            ofNginx = await AskFourTimesAsync(port);
        await using var gateway = await ImportedFile.StartAsync(text, Cancellation);

        Assert.Equal(["a", "a", "b", "b"], ofNginx);
        Assert.Equal(ofNginx, await AskFourTimesAsync(port));
    }

    [Fact]
    public async Task A_header_goes_on_the_same()
    {
        await using var receiver = await NginxStreamPeer.StartReceiverAsync(Cancellation);
        var (port, untold) = (FreePorts.Next(), FreePorts.Next());
        await AssertSameAsync(
            $$"""
            server { listen 127.0.0.1:{{port}} proxy_protocol; set_real_ip_from 127.0.0.0/8; deny 192.0.2.66; proxy_pass 127.0.0.1:{{receiver.Port}}; proxy_protocol on; }
            server { listen 127.0.0.1:{{untold}}; proxy_pass 127.0.0.1:{{port}}; }
            """,
            [
                new(port, Header("192.0.2.9", port), NginxStreamPeer.Answer("192.0.2.9:1111", port)),
                new(port, Header("192.0.2.66", port), ""),
                new(untold, Header("192.0.2.9", port), NginxStreamPeer.Answer("192.0.2.9:1111", port)),
                new(port, s_ssh, ""),
            ], port);
    }

    [Fact]
    public async Task TLS_ends_the_same()
    {
        using var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "ended", "a.example.com");
        await using var backends = new NamingBackends("inside");
        var port = FreePorts.Next();
        var text = NginxStreamPeer.File(
            $$"""
            server {
              listen 127.0.0.1:{{port}} ssl;
              ssl_certificate     "{{certificate.CertificatePath}}";
              ssl_certificate_key "{{certificate.KeyPath}}";
              proxy_pass {{backends["inside"]}};
            }
            """);
        await using (await NginxStreamPeer.StartFileAsync(text, port, Cancellation))
            Assert.Equal("inside", await ImportedFile.AskTlsAsync(port, Cancellation));
        await using var gateway = await ImportedFile.StartAsync(text, Cancellation);
        Assert.Equal("inside", await ImportedFile.AskTlsAsync(port, Cancellation));
    }

    private static byte[] Header(string client, int port) => System.Text.Encoding.ASCII.GetBytes($"PROXY TCP4 {client} 127.0.0.1 1111 {port}\r\n");

    private static async Task<List<string>> AskFourTimesAsync(int port)
    {
        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
            answers.Add(await NamingDatagrams.AskAsync(port, Cancellation));
        return [.. answers.Order(StringComparer.Ordinal)];
    }

    private static Task AssertSameAsync(string stream, IReadOnlyList<ImportedClient> clients, int port) =>
        ImportedFile.AssertSameAsync(NginxStreamPeer.File(stream), async text => await NginxStreamPeer.StartFileAsync(text, port, Cancellation), clients, Cancellation);
}
