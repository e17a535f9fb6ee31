using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Requests for what their connection would not have led to.</summary>
public sealed class ForeignRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_apps_own_are_not_on_an_endpoint_that_no_route_leads_to_them_from()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port) with
        {
            Routes = new Dictionary<string, L4Route>
            {
                ["web"] = Route("tls plain", "web.example.com") with { Match = new() { Sni = ["web.example.com"], Path = ["/seen"] } },
                ["app"] = new() { Endpoints = ["open"], Action = L4RouteAction.Http },
                ["more"] = Route("open", "web.example.com"),
            },
        }, map: app =>
        {
            app.MapGet("/internal", () => "the app");
            app.MapReverseProxy();
        });

        foreach (var (endpoint, serverName) in new[] { ("tls", "web.example.com"), ("plain", null) })
        {
            var scheme = serverName is null ? "http" : "https";
            using var client = app.CreateClient(endpoint, serverName: serverName);
            (await client.GetAsync(new Uri($"{scheme}://web.example.com/seen"), Token)).EnsureSuccessStatusCode();
            foreach (var url in new[] { "web.example.com/internal", "unknown.example.com/internal" })
            {
                client.DefaultRequestHeaders.Host = url.Split('/')[0];
                using var answer = await client.GetAsync(new Uri($"{scheme}://web.example.com/internal"), Token);
                Assert.Equal((url, HttpStatusCode.NotFound), (url, answer.StatusCode));
            }
        }
        using var open = app.CreateClient("open");
        Assert.Equal("the app", await open.GetStringAsync(new Uri("http://unknown.example.com/internal"), Token));
        using var own = app.CreateClient(null);
        Assert.Equal("the app", await own.GetStringAsync(new Uri("http://web.example.com/internal"), Token));
    }

    [Fact]
    public async Task A_route_that_ends_TLS_is_not_found_in_plaintext()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port) with
        {
            Routes = new Dictionary<string, L4Route>
            {
                ["web"] = Route("plain", "web.example.com"),
                ["safe"] = Route("plain", "safe.example.com") with { Certificate = certificate },
            },
        });
        using var secure = app.CreateClient("plain", serverName: "safe.example.com");
        Assert.StartsWith("HTTP/1.1 http safe", await secure.GetStringAsync(new Uri("https://safe.example.com/seen"), Token), StringComparison.Ordinal);
        using var client = app.CreateClient("plain");
        (await client.GetAsync(new Uri("http://web.example.com/seen"), Token)).EnsureSuccessStatusCode();
        client.DefaultRequestHeaders.Host = "safe.example.com";

        using var answer = await client.GetAsync(new Uri("http://web.example.com/seen"), Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_route_that_ends_TLS_is_not_found_where_Kestrel_has_ended_it()
    {
        var path = "";
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(
            certificate => Config(certificate with { Path = path = certificate.Path! }, web.Port) with
            {
                Endpoints = new Dictionary<string, L4Endpoint> { ["shared"] = new() { Kestrel = "Https" } },
                Routes = new Dictionary<string, L4Route>
                {
                    ["web"] = Route("shared", "web.example.com"),
                    ["safe"] = Route("shared", "safe.example.com") with { Certificate = certificate },
                },
            },
            (builder, _) => builder.Configuration.AddInMemoryCollection(
            [
                new("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"), new("Kestrel:Endpoints:Https:Certificate:Path", path), new("Kestrel:Endpoints:Https:Certificate:KeyPath", path),
            ]));
        using var safe = app.CreateClient(null, HttpVersion.Version20, serverName: "safe.example.com");
        Assert.StartsWith("HTTP/1.1 http safe", await safe.GetStringAsync(new Uri("https://safe.example.com/seen"), Token), StringComparison.Ordinal);
        using var client = app.CreateClient(null, HttpVersion.Version20, serverName: "web.example.com");
        (await client.GetAsync(new Uri("https://web.example.com/seen"), Token)).EnsureSuccessStatusCode();

        using var answer = await client.GetAsync(new Uri("https://safe.example.com/seen"), Token);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET http://db.example.com/seen HTTP/1.1\r\nHost: web.example.com\r\n\r\n", 400)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: web.example.com\r\nHost: other.example.com\r\n\r\n", 400)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: a@web.example.com\r\n\r\n", 400)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: web.example.com:x\r\n\r\n", 400)]
    [InlineData("GET /seen HTTP/1.1\r\nHost:\r\n\r\n", 404)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 404)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: .example.com\r\n\r\n", 404)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: WEB.Example.COM.:8080\r\n\r\n", 200)]
    [InlineData("GET http://web.example.com/seen HTTP/1.1\r\nHost: web.example.com\r\n\r\n", 200)]
    [InlineData("GET /seen HTTP/1.1\r\nHost: web.example.com\r\nConnection: X-Forwarded-For, X-Real-IP, close\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n", 200)]
    public async Task What_a_request_says_of_its_host_is_one_thing_or_refused(string request, int status)
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port));
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, app.PortOf("plain")));
        await client.SendAsync("GET /seen HTTP/1.1\r\nHost: web.example.com\r\n\r\n");
        await client.ReadUntilAsync("\r\n0\r\n\r\n");
        await client.SendAsync(request);

        var head = await client.ReadUntilAsync(status == 200 ? "\r\n0\r\n\r\n" : "\r\n\r\n");
        Assert.Equal($"{status}", head.Split(' ')[1]);
        Assert.DoesNotContain("6.6.6.6", head, StringComparison.Ordinal);
    }

    private static L4Config Config(L4Certificate certificate, int web) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint>
        {
            ["tls"] = new() { Url = "tls://127.0.0.1:0", Certificates = [certificate] },
            ["plain"] = new() { Url = "tcp://127.0.0.1:0" },
            ["open"] = new() { Url = "tcp://127.0.0.1:0" },
        },
        Routes = new Dictionary<string, L4Route> { ["web"] = Route("tls plain", "web.example.com") },
        Clusters = new Dictionary<string, L4Cluster> { ["web"] = Cluster(web) },
    };
}
