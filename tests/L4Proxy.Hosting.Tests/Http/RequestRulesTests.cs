using System.Collections.Concurrent;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Redirects, answers and other paths, of routes beside others.</summary>
public sealed class RequestRulesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain", "http://a.example.com/x?y=1", 301, "https://a.example.com/x?y=1")]
    [InlineData("plain", "http://a.example.com:8080/x", 301, "https://a.example.com/x")]
    [InlineData("plain", "http://A.Example.Com/%2Fx%20", 301, "https://a.example.com/%2Fx%20")]
    // What would come back is not sent away.
    [InlineData("tls", "https://a.example.com/x", 404, null)]
    [InlineData("plain", "http://loop.example.com/a", 404, null)]
    [InlineData("plain", "http://grow.example.com/a", 404, null)]
    [InlineData("plain", "http://chain.example.com/a", 302, "http://chain.example.com/b")]
    [InlineData("plain", "http://self.example.com/a", 302, "/b")]
    [InlineData("plain", "http://self.example.com/b", 404, null)]
    [InlineData("plain", "http://127.0.0.1/", 301, "https://127.0.0.1/")]
    public async Task Clients_are_sent_elsewhere_once(string endpoint, string url, int status, string? location)
    {
        await using var app = await StartAsync(certificate => Config(certificate, port: 9));
        using var client = app.CreateClient(endpoint);
        using var answer = await SendAsync(client, HttpMethod.Get, url);

        Assert.Equal((status, location), ((int)answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_redirect_keeps_the_method_and_needs_no_destination(string version)
    {
        await using var app = await StartAsync(certificate => Config(certificate, port: 9));
        using var client = app.CreateClient("plain", Version.Parse(version));
        using var answer = await SendAsync(client, HttpMethod.Post, "http://a.example.com/x");

        Assert.Equal((HttpStatusCode.PermanentRedirect, "https://a.example.com/x"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.DoesNotContain(app.Services.GetRequiredService<Yarp.ReverseProxy.IProxyStateLookup>().GetRoutes(), route => route.Config.RouteId == "l4proxy:any");
    }

    [Fact]
    public async Task A_route_answers_by_itself()
    {
        await using var app = await StartAsync(certificate => Config(certificate, port: 9));
        using var client = app.CreateClient("plain");
        using var answer = await SendAsync(client, HttpMethod.Get, "http://say.example.com/%3Cb%3E?'");
        using var head = await SendAsync(client, HttpMethod.Head, "http://say.example.com/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("60", answer.Headers.RetryAfter?.ToString());
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("{say.example.com} /%3Cb%3E?%27", await answer.Content.ReadAsStringAsync(Token));
        Assert.True(answer.Headers.ConnectionClose);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ""), (head.StatusCode, await head.Content.ReadAsStringAsync(Token)));
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(client, HttpMethod.Get, "http://cut.example.com/"));
    }

    [Theory]
    [InlineData("/api/x?q=1", "/v1/x?q=1", "/api")]
    [InlineData("/api/a%2Fb%20c", "/v1/a%2Fb%20c", "/api")]
    [InlineData("/%61pi/x", "/v1/x", "/api")]
    [InlineData("/x", "/v1/x", null)]
    public async Task A_destination_is_asked_for_another_path(string target, string seen, string? prefix)
    {
        var requests = new ConcurrentQueue<string>();
        await using var web = RawBackend.AnsweringOnce(requests);
        await using var app = await StartAsync(certificate => Config(certificate, web.Port));
        using var client = app.CreateClient("plain");
        (await SendAsync(client, HttpMethod.Get, $"http://path.example.com{target}")).Dispose();
        Assert.True(requests.TryDequeue(out var head));

        Assert.StartsWith($"GET {seen} HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Equal(prefix is null ? [] : [$"X-Forwarded-Prefix: {prefix}"], head.Split("\r\n").Where(line => line.StartsWith("X-Forwarded-Prefix", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_path_that_leads_out_is_refused()
    {
        await using var app = await StartAsync(certificate => Config(certificate, port: 9));
        using var client = app.CreateClient("plain");
        using var answer = await SendAsync(client, HttpMethod.Get, "http://path.example.com/api..%2Fsecret");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string url)
    {
        var uri = new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri) { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("X-Forwarded-Prefix", "/mine");
        return await client.SendAsync(request, Token);
    }

    private static L4Config Config(L4Certificate certificate, int port) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" }, ["tls"] = new() { Url = "tls://127.0.0.1:0", Certificates = [certificate] } },
        Clusters = new Dictionary<string, L4Cluster> { ["web"] = Cluster(port) },
        Routes = new Dictionary<string, L4Route>
        {
            ["any"] = Route("plain tls", "*", new() { Redirect = new() { Url = "https://{host}{uri}", Status = 301 } }),
            ["loop"] = Route("plain", "loop.example.com", new() { Redirect = new() { Url = "/b", Regex = "^.*/a$" } }),
            ["back"] = Route("plain", "loop.example.com", new() { Redirect = new() { Url = "http://{host}/a" } }, "/b"),
            ["self"] = Route("plain", "self.example.com", new() { Redirect = new() { Url = "/b", Regex = "^.*/a$" } }),
            ["self-b"] = Route("plain", "self.example.com", new() { Redirect = new() { Url = "http://{host}{path}" } }, "/b"),
            ["grow"] = Route("plain", "grow.example.com", new() { Redirect = new() { Url = "http://{host}/x{uri}" } }),
            ["chain"] = Route("plain", "chain.example.com", new() { Redirect = new() { Url = "http://{host}/b", Regex = "^.*/a$" } }),
            ["say"] = Route("plain", "say.example.com", new() { Respond = new() { Status = 503, Headers = new Dictionary<string, string> { ["Retry-After"] = "60" }, Body = "{{{host}}} {uri}", Close = true } }),
            ["cut"] = Route("plain", "cut.example.com", new() { Respond = new() { Abort = true } }),
            ["path"] = HttpApp.Route("plain", "path.example.com") with { Http = new() { Rewrite = [new() { StripPrefix = ["/api"] }, new() { AddPrefix = "/v1" }] } },
        },
    };

    private static L4Route Route(string endpoints, string name, L4RouteHttp http, string? path = null) => new()
    {
        Endpoints = endpoints.Split(' '), Mode = L4RouteMode.L7, Match = new() { Sni = [name], Path = path is null ? null : [path] }, Http = http,
    };
}
