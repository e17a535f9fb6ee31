using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Routes of both modes on the same ports, and requests that come by a connection of another.</summary>
public sealed class ManyRoutesOnOnePortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Row", "D1")]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task A_request_for_a_name_that_is_passed_on_is_misdirected(string version)
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var tls = await TlsBackend.StartAsync(TestCertificate.Localhost);
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, tls.EndPoint.Port));
        using var client = app.CreateClient("tls", Version.Parse(version), serverName: "web.example.com");

        using var served = await client.GetAsync(new Uri("https://web.example.com/seen"), Token);
        using var misdirected = await client.GetAsync(new Uri("https://db.example.com/seen"), Token);

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, misdirected.StatusCode);
        Assert.Equal("421 Misdirected Request\n", await misdirected.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_request_for_another_HTTP_route_is_served_and_its_firewall_asked()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, 9));
        using var client = app.CreateClient("tls", HttpVersion.Version20, serverName: "web.example.com");

        using var other = await client.GetAsync(new Uri("https://other.example.com/seen"), Token);
        using var guarded = await client.GetAsync(new Uri("https://guarded.example.com/seen"), Token);
        using var unknown = await client.GetAsync(new Uri("https://unknown.example.com/seen"), Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.NotFound), (other.StatusCode, guarded.StatusCode, unknown.StatusCode));
        Assert.Equal("403 Forbidden\n", await guarded.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_route_is_on_its_endpoints_and_nowhere_else()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(
            certificate => Config(certificate, web.Port, 9) with { Routes = Map(("a", Route("plain", "a.example.com")), ("b", Route("tls", "b.example.com"))) });

        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, "plain", "http://a.example.com/seen"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, "tls", "https://b.example.com/seen"));
        // On the same connection, for the other's name; and on a port of the app's own.
        using var client = app.CreateClient("plain");
        (await client.GetAsync(new Uri("http://a.example.com/seen"), Token)).Dispose();
        client.DefaultRequestHeaders.Host = "b.example.com";
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("http://a.example.com/seen"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(app, null, "http://a.example.com/seen"));
    }

    [Fact]
    public async Task A_route_has_all_paths_of_its_names_before_the_apps_own()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, 9), map: app =>
        {
            app.MapGet("/seen", () => "the app");
            app.MapReverseProxy();
        });

        using var client = app.CreateClient("tls");
        Assert.StartsWith("HTTP/1.1 http web.example.com", await client.GetStringAsync(new Uri("https://web.example.com/seen"), Token), StringComparison.Ordinal);
        using var own = app.CreateClient(null);
        Assert.Equal("the app", await own.GetStringAsync(new Uri("http://web.example.com/seen"), Token));
    }

    [Fact]
    public async Task Paths_tell_routes_of_a_host_apart()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/api/{x}", (HttpRequest request) => $"web {request.Path}{request.QueryString}"));
        await using var api = await WebBackend.StartAsync(BackendProtocol.H2c, app => app.MapGet("/api/{x}", (HttpRequest request) => $"api {request.Path}{request.QueryString}"));
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, 9) with
        {
            Routes = Map(("web", Route("tls", "*.example.com")), ("api", Route("tls", "web.example.com", "api") with { Match = new() { Sni = ["web.example.com"], Path = ["/api/", "/v2"] } })),
            Clusters = Map(("web", Cluster(web.Port)), ("api", Cluster(api.Port) with { Http = new() { Protocol = L4HttpProtocol.H2c } })),
        });
        using var client = app.CreateClient("tls", HttpVersion.Version20);

        Assert.Equal("api /api/a?b=%2F", await client.GetStringAsync(new Uri("https://web.example.com/api/a?b=%2F"), Token));
        Assert.Equal("web /api/a", await client.GetStringAsync(new Uri("https://other.example.com/api/a"), Token));
        Assert.StartsWith("HTTP/1.1 http web.example.com /seen", await client.GetStringAsync(new Uri("https://web.example.com/seen"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plaintext_connection_brings_no_requests_for_a_route_that_ends_TLS()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, 9) with
        {
            Routes = Map(("web", Route("plain", "web.example.com")), ("secret", Route("plain", "secret.example.com") with { Certificate = certificate })),
        });
        using var client = app.CreateClient("plain");
        using var secure = app.CreateClient("plain", HttpVersion.Version20, serverName: "secret.example.com");

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("http://web.example.com/seen"), Token)).StatusCode);
        client.DefaultRequestHeaders.Host = "secret.example.com";
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("http://web.example.com/seen"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await secure.GetAsync(new Uri("https://secret.example.com/seen"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await secure.GetAsync(new Uri("https://web.example.com/seen"), Token)).StatusCode);
    }

    [Theory]
    [InlineData("m\u00fcnchen.example.com", "xn--mnchen-3ya.example.com")]
    [InlineData("*.xn--mnchen-3ya.example.com", "a.xn--mnchen-3ya.example.com")]
    [InlineData("*.example.com", "xn--mnchen-3ya.example.com")]
    public async Task An_international_name_is_served(string name, string host)
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/host", (HttpRequest request) => request.Headers.Host.ToString()));
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, 9) with { Routes = Map(("web", Route("plain", name)), ("broken", Route("plain", "xn--0.example.com"))) });
        using var client = app.CreateClient("plain");

        Assert.Equal(host, await client.GetStringAsync(new Uri($"http://{host}/host"), Token));
    }

    [Fact]
    public async Task What_a_route_wants_of_the_connection_holds_for_its_requests()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(certificate => Config(certificate, web.Port, 9) with
        {
            Routes = Map(
                ("web", Route("tls", "web.example.com")),
                ("inside", Route("tls", "inside.example.com") with { Match = new() { Sni = ["inside.example.com"], ClientAddresses = ["10.0.0.0/8"] } })),
        });
        using var client = app.CreateClient("tls", HttpVersion.Version20, serverName: "web.example.com");

        using var answer = await client.GetAsync(new Uri("https://inside.example.com/seen"), Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static L4Config Config(L4Certificate certificate, int web, int db) => new()
    {
        Endpoints = Map(("tls", new L4Endpoint { Url = "tls://127.0.0.1:0", Certificates = [certificate] }), ("plain", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
        Routes = Map(
            ("web", Route("tls plain", "web.example.com")), ("other", Route("tls", "other.example.com")),
            ("guarded", Route("tls", "guarded.example.com") with { Firewall = new() { Deny = ["127.0.0.0/8"] } }),
            ("db", new L4Route { Endpoints = ["tls"], Match = new() { Sni = ["db.example.com"] }, ClusterId = "db" })),
        Clusters = Map(("web", Cluster(web)), ("db", Cluster(db))),
    };

    private static Dictionary<string, T> Map<T>(params (string Id, T Item)[] items) => items.ToDictionary(item => item.Id, item => item.Item);

    private static async Task<HttpStatusCode> AskAsync(HttpApp app, string? endpoint, string url)
    {
        using var client = app.CreateClient(endpoint);
        using var answer = await client.GetAsync(new Uri(url), Token);
        return answer.StatusCode;
    }
}
