using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Caddy;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Providers;

/// <summary>From a plaintext port to HTTPS, as people have it: in a file of the Gateway's, in a document that an agent pushes to a Caddy, in files for Traefik. Asked by curl.</summary>
[Trait("Runs", "Once")]
public sealed class RedirectTests
{
    private const string Name = "a.example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_of_the_Gateway()
    {
        using var files = new TempDirectory();
        var (plain, tls) = (FreePorts.Next(), FreePorts.Next());
        var certificate = ServerCertificate.Create(files, "web", Name);
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""
            { "L4Proxy": {
                "Endpoints": { "http": { "Url": "tcp://127.0.0.1:{{plain}}" }, "https": { "Url": "tls://127.0.0.1:{{tls}}", "Certificates": [{{certificate.Json}}] } },
                "Routes": {
                  "to-https": { "Endpoints": ["http"], "Mode": "L7", "Match": { "Sni": ["*", ""] }, "Http": { "Redirect": { "Url": "https://{host}:{{tls}}{uri}", "Status": 301 } } },
                  "site": { "Endpoints": ["https"], "Mode": "L7", "Match": { "Sni": ["{{Name}}"] }, "ClusterId": "web" } },
                "Clusters": { "web": { "Destinations": { "a": { "Address": "127.0.0.1:{{backend.Port}}" } } } } } }
            """, Cancellation);

        await IsSentAsync(plain, tls, certificate);
    }

    /// <summary>The redirect of an ingress, the answer behind all of them, and on a port of Kestrel's that the document's server joins.</summary>
    [Fact]
    [Trait("Row", "A3")]
    public async Task A_document_of_a_Caddy()
    {
        using var files = new TempDirectory();
        var (plain, tls, shared) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        var admin = FreePorts.Next();
        await using var dns = await DnsmasqPeer.StartAsync(Cancellation, "vm1.internal,127.0.0.1");
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""
            { "Gateway": { "Admin": "http://127.0.0.1:{{admin}}", "CaddyApi": true },
              "Kestrel": { "Endpoints": { "Http": { "Url": "http://127.0.0.1:{{shared}}" } } },
              "L4Proxy": { "Endpoints": { "web": { "Kestrel": "Http" } } } }
            """, Cancellation);
        using var agent = new CaddyAgent("h1", new($"http://127.0.0.1:{admin}/"), null);

        Assert.Equal((200, ""), await agent.SendAsync(HttpMethod.Post, "load",
            $$"""
            { "apps": { "http": { "servers": { "ingress-80": { "listen": ["127.0.0.1:{{plain}}", "127.0.0.1:{{shared}}"], "routes": [
                { "match": [{ "host": ["{{Name}}"], "protocol": "http" }], "terminal": true,
                  "handle": [{ "handler": "static_response", "status_code": 301, "headers": { "Location": ["https://{http.request.host}:{{tls}}{http.request.uri}"] } }] },
                { "match": [{ "host": ["*.example.com"] }], "terminal": true,
                  "handle": [{ "handler": "reverse_proxy", "dynamic_upstreams": { "source": "a", "name": "{http.request.host.labels.2}.internal", "port": "{{backend.Port}}", "resolver": { "addresses": ["{{dns.Address}}"] } } }] },
                { "handle": [{ "handler": "static_response", "status_code": 404, "body": "no {http.request.host}\n" }] } ] } } } } }
            """, Cancellation));

        foreach (var port in new[] { plain, shared })
        {
            Assert.Contains($"Location: https://{Name}:{tls}/x?y=1", (await Curl.RunAsync($"http://{Name}:{port}/x?y=1", Cancellation, "--include")).Succeeded(), StringComparison.Ordinal);
            Assert.Equal(HttpBackend.Answer("vm1.example.com"), (await Curl.RunAsync($"http://vm1.example.com:{port}/", Cancellation)).Succeeded().TrimEnd());
            Assert.Equal("502", (await Curl.RunAsync($"http://vm2.example.com:{port}/", Cancellation, "--no-fail", "--output", "/dev/null", "--write-out", "%{http_code}")).Succeeded());
            Assert.Equal("no elsewhere.test", (await Curl.RunAsync($"http://elsewhere.test:{port}/", Cancellation, "--no-fail")).Succeeded().TrimEnd());
        }
    }

    [Fact]
    [Trait("Row", "B4")]
    public async Task Files_for_Traefik()
    {
        using var files = new TempDirectory();
        var (plain, tls) = (FreePorts.Next(), FreePorts.Next());
        var certificate = ServerCertificate.Create(files, "web", Name);
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        files.Write("routes.yaml",
            $$"""
            http:
              routers:
                http_to_https: { rule: "HostRegexp(`.*`)", priority: 1, entryPoints: [web], service: noop@internal, middlewares: [redirect] }
                app: { rule: "Host(`{{Name}}`)", entryPoints: [websecure], service: app, tls: {}, middlewares: [redirect] }
              services: { app: { loadBalancer: { servers: [ { url: "http://127.0.0.1:{{backend.Port}}" } ] } } }
              middlewares: { redirect: { redirectScheme: { scheme: https, permanent: true, port: {{tls}} } } }
            tls: { certificates: [ { certFile: {{certificate.CertificatePath}}, keyFile: {{certificate.KeyPath}} } ] }
            """);
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""{ "Gateway": { "TraefikDirectory": "{{files.File("routes.yaml")}}", "TraefikEntryPoints": { "web": "127.0.0.1:{{plain}}", "websecure": "127.0.0.1:{{tls}}" } }, "L4Proxy": {} }""", Cancellation);

        await IsSentAsync(plain, tls, certificate);
    }

    private static async Task IsSentAsync(int plain, int tls, ServerCertificate certificate)
    {
        var url = $"http://{Name}:{plain}/x?y=1";
        var head = (await Curl.RunAsync(url, Cancellation, "--include")).Succeeded();
        var followed = (await Curl.RunAsync(url, Cancellation, "--location", "--resolve", $"{Name}:{tls}:127.0.0.1", "--cacert", certificate.CertificatePath, "--write-out", " %{http_code} %{num_redirects}")).Succeeded();

        Assert.StartsWith("HTTP/1.1 301", head, StringComparison.Ordinal);
        Assert.Contains($"Location: https://{Name}:{tls}/x?y=1", head, StringComparison.Ordinal);
        Assert.Equal($"{HttpBackend.Answer(Name)} 200 1", followed.ReplaceLineEndings(""));
    }
}
