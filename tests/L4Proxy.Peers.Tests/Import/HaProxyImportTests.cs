using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Import;

/// <summary>What HAProxy does with a file, the gateway does with what is imported of it.</summary>
[Trait("Runs", "Once")]
public sealed class HaProxyImportTests
{
    private const string Defaults =
        """
        global
          maxconn 1000
        defaults
          mode tcp
          timeout connect 5s
          timeout client 20s
          timeout server 20s

        """;

    private static readonly byte[] s_ssh = "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray();
    private static readonly byte[] s_http = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_and_first_bytes_lead_to_the_same_backends()
    {
        await using var backends = new NamingBackends("shop", "apps", "mail", "labels", "tls", "ssh", "web", "silent");
        var port = FreePorts.Next();
        await AssertSameAsync(
            $$"""
            frontend in
              bind 127.0.0.1:{{port}}
              tcp-request inspect-delay 500ms
              tcp-request content accept if { req.ssl_hello_type 1 }
              tcp-request content accept if { req.len gt 0 }
              acl shop req.ssl_sni -i shop.example.com www.shop.example.com
              acl apps req.ssl_sni -i -m end .apps.example.com
              acl mail req.ssl_sni -m reg ^mail[0-9]*\\.
              acl tls req.ssl_hello_type 1
              use_backend shop if shop
              use_backend apps if apps !{ req.ssl_sni -m beg secret. }
              use_backend mail if mail or { req_ssl_sni smtp.example.com }
              use_backend labels if { req.ssl_sni -m dom inner }
              use_backend tls if tls
              use_backend ssh if { req.payload(0,4) -m str SSH- }
              use_backend web if HTTP
              default_backend silent
            {{Backends(backends, "shop", "apps", "mail", "labels", "tls", "ssh", "web", "silent")}}
            """,
            [
                new(port, await HelloBytes.OfAsync("shop.example.com"), "shop"),
                new(port, await HelloBytes.OfAsync("WWW.shop.example.com"), "shop"),
                new(port, await HelloBytes.OfAsync("a.b.apps.example.com"), "apps"),
                new(port, await HelloBytes.OfAsync("secret.apps.example.com"), "tls"),
                new(port, await HelloBytes.OfAsync("apps.example.com"), "tls"),
                new(port, await HelloBytes.OfAsync("mail12.example.com"), "mail"),
                new(port, await HelloBytes.OfAsync("smtp.example.com"), "mail"),
                new(port, await HelloBytes.OfAsync("a.inner.example.com"), "labels"),
                new(port, await HelloBytes.OfAsync("winner.example.com"), "tls"),
                new(port, await HelloBytes.OfAsync(""), "tls"),
                new(port, s_ssh, "ssh"),
                new(port, s_http, "web"),
                new(port, [], "silent"),
            ], port);
    }

    [Fact]
    public async Task Who_may_connect_is_the_same()
    {
        await using var backends = new NamingBackends("first", "second", "shifted");
        var port = FreePorts.Next();
        var (second, strict, shifted) = (FreePorts.Next(), FreePorts.Next(), backends.PortOf("shifted") - 7);
        await AssertSameAsync(
            $$"""
            frontend office
              bind 127.0.0.1:{{port}}
              bind 127.0.0.1:{{second}}
              acl guests src 127.0.0.16/28
              tcp-request connection accept if { src 127.0.0.17 }
              tcp-request connection reject if guests
              tcp-request connection reject unless { src 127.0.0.0/24 }
              use_backend second if { dst_port {{second}} } { src 127.0.0.1 127.0.0.17 }
              default_backend first
            frontend strict
              bind 127.0.0.1:{{strict}}
              tcp-request inspect-delay 5s
              tcp-request content accept if { req.ssl_hello_type 1 } { req.ssl_sni -m found }
              tcp-request content reject
              default_backend first
            listen shifted
              bind 127.0.0.1:{{shifted}}
              server s 127.0.0.1:+7
            {{Backends(backends, "first", "second")}}
            """,
            [
                new(port, [], "first"),
                new(port, [], "first", "127.0.0.17"),
                new(port, [], "", "127.0.0.18"),
                new(port, [], "", "127.0.1.1"),
                new(second, [], "second"),
                new(second, [], "second", "127.0.0.17"),
                new(second, [], "first", "127.0.0.2"),
                new(strict, await HelloBytes.OfAsync("a.test"), "first"),
                new(strict, await HelloBytes.OfAsync(""), ""),
                new(strict, s_http, ""),
                new(shifted, [], "shifted"),
            ], port);
    }

    [Fact]
    public async Task Weights_backups_and_servers_that_are_down_are_the_same()
    {
        await using var backends = new NamingBackends("a", "b", "backup");
        var (port, fallen) = (FreePorts.Next(), FreePorts.Next());
        var text = Defaults +
            $$"""
            listen weighted
              bind 127.0.0.1:{{port}}
              server a {{backends["a"]}} weight 3
              server b {{backends["b"]}}
              server c 127.0.0.1:{{FreePorts.Next()}} disabled
              server d {{backends["backup"]}} backup
            listen fallen
              bind 127.0.0.1:{{fallen}}
              default-server inter 100ms fall 1 rise 1
              option redispatch
              server a 127.0.0.1:{{FreePorts.Next()}} check
              server d {{backends["backup"]}} check backup

            """;
        List<ImportedClient> clients = [.. Enumerable.Range(0, 8).Select(_ => new ImportedClient(port, [], "")), new(fallen, [], ""), new(fallen, [], "")];
        List<string> ofHaproxy;
        await using (await HaproxyPeer.StartFileAsync(text, port, Cancellation))
            ofHaproxy = await ImportedFile.AskAllAsync(clients, Cancellation);
        await using var gateway = await ImportedFile.StartAsync(text, Cancellation);
        var ofGateway = await ImportedFile.AskAllAsync(clients, Cancellation);

        Assert.Equal(["a", "a", "a", "a", "a", "a", "b", "b", "backup", "backup"], ofHaproxy.Order(StringComparer.Ordinal));
        Assert.Equal(ofHaproxy.Order(StringComparer.Ordinal), ofGateway.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_header_goes_on_the_same()
    {
        await using var receiver = await NginxStreamPeer.StartReceiverAsync(Cancellation);
        var (port, second) = (FreePorts.Next(), FreePorts.Next());
        await AssertSameAsync(
            $$"""
            listen first
              bind 127.0.0.1:{{port}} accept-proxy
              tcp-request session reject if { src 192.0.2.77 }
              tcp-request content reject if { src 192.0.2.66 }
              server s 127.0.0.1:{{receiver.Port}} send-proxy
            listen second
              bind 127.0.0.1:{{second}} accept-proxy
              server s 127.0.0.1:{{port}} send-proxy-v2
            """,
            [
                new(port, Header("192.0.2.9", port), NginxStreamPeer.Answer("192.0.2.9:1111", port)),
                new(second, Header("192.0.2.9", second), NginxStreamPeer.Answer("192.0.2.9:1111", second)),
                new(port, Header("192.0.2.66", port), ""),
                new(port, s_ssh, ""),
            ], port);
    }

    [Fact]
    public async Task TLS_ends_the_same()
    {
        using var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "ended", "a.example.com");
        var both = directory.Write("both.pem", File.ReadAllText(certificate.CertificatePath) + "\n" + File.ReadAllText(certificate.KeyPath) + "\n");
        await using var backends = new NamingBackends("named", "others");
        var port = FreePorts.Next();
        var text = Defaults +
            $$"""
            frontend ended
              bind 127.0.0.1:{{port}} ssl crt {{both}}
              use_backend named if { ssl_fc_sni -i A.example.com }
              default_backend others
            {{Backends(backends, "named", "others")}}

            """;
        await using (await HaproxyPeer.StartFileAsync(text, port, Cancellation))
            Assert.Equal("named", await ImportedFile.AskTlsAsync(port, Cancellation));
        await using var gateway = await ImportedFile.StartAsync(text, Cancellation);
        Assert.Equal("named", await ImportedFile.AskTlsAsync(port, Cancellation));
    }

    private static byte[] Header(string client, int port) => System.Text.Encoding.ASCII.GetBytes($"PROXY TCP4 {client} 127.0.0.1 1111 {port}\r\n");

    private static string Backends(NamingBackends backends, params string[] names) =>
        string.Join('\n', names.Select(name => $"backend {name}\n  server s {backends[name]}"));

    private static Task AssertSameAsync(string sections, IReadOnlyList<ImportedClient> clients, int port) =>
        ImportedFile.AssertSameAsync(Defaults + sections + "\n", async text => await HaproxyPeer.StartFileAsync(text, port, Cancellation), clients, Cancellation);
}
