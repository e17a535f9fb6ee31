using System.Net;
using L4Proxy.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Who may talk to the API.</summary>
public class GuardTests
{
    [Theory]
    [Trait("Row", "A7")]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    [InlineData("LOCALHOST:7", null, HttpStatusCode.OK)]
    [InlineData("[::1]:80", null, HttpStatusCode.OK)]
    [InlineData("rebound.example.com", null, HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.2", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost", "https://evil.example.com", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "null", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "http://localhost", HttpStatusCode.OK)]
    [InlineData("localhost", "https://admin.example.com", HttpStatusCode.OK)]
    public async Task Hosts_and_origins_are_checked(string host, string? origin, HttpStatusCode expected)
    {
        await using var app = await ApiApp.StartAsync(map: web => web.MapL4ProxyApi(configure: options => options.AllowedOrigins.Add("https://admin.example.com")));
        (string, string)[] headers = origin is null ? [("Host", host)] : [("Host", host), ("Origin", origin)];
        foreach (var path in new[] { "status", "openapi.json", "/l4proxy/docs/" })
            Assert.Equal(expected, (await app.SendAsync("GET", path, null, headers)).Status);
    }

    [Theory]
    [Trait("Row", "A7")]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("same-origin", null, HttpStatusCode.OK)]
    [InlineData("none", null, HttpStatusCode.OK)]
    [InlineData("same-site", null, HttpStatusCode.Forbidden)]
    [InlineData("cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("same-origin, cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("same-site", "http://localhost", HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "https://admin.example.com", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_changes_nothing(string? site, string? origin, HttpStatusCode expected)
    {
        await using var app = await ApiApp.StartAsync(map: web => web.MapL4ProxyApi(configure: options => options.AllowedOrigins.Add("https://admin.example.com")));
        (string, string)[] headers = [("Host", "localhost"), .. Header("Sec-Fetch-Site", site), .. Header("Origin", origin)];
        Assert.Equal(expected, (await app.SendAsync("POST", "undrain", null, headers)).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync("GET", "status", null, headers)).Status);

        static (string, string)[] Header(string name, string? value) => value is null ? [] : [(name, value)];
    }

    [Fact]
    public async Task What_comes_by_an_endpoint_of_ours_is_not_of_this_machine()
    {
        await using var app = await ApiApp.StartAsync(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["all"] = new() { Endpoints = ["web"], Action = L4RouteAction.Http } },
        });
        var port = app.Services.GetRequiredService<IL4Endpoints>().Find("web")!.Port;
        using var client = new HttpClient();
        using var refused = await client.GetAsync($"http://127.0.0.1:{port}/l4proxy/v1/status", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task An_authorization_of_the_applications_opens_it()
    {
        await using var app = await ApiApp.StartAsync(
            configure: builder =>
            {
                builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Nobody>("test", null);
                builder.Services.AddAuthorization(options => options.AddPolicy("admins", policy => policy.RequireAssertion(context => ((Microsoft.AspNetCore.Http.HttpContext)context.Resource!).Request.Headers.ContainsKey("X-Admin"))));
            },
            map: web => web.MapL4ProxyApi().RequireAuthorization("admins"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.SendAsync("GET", "status", null, ("Host", "admin.example.com"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync("GET", "status", null, ("Host", "admin.example.com"), ("X-Admin", "1"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.SendAsync("GET", "/l4proxy/docs/")).Status);
    }

    [Fact]
    public async Task Too_many_requests_are_429()
    {
        await using var app = await ApiApp.StartAsync(map: web => web.MapL4ProxyApi(configure: options => options.MaxRequestsPerSecond = 5));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.SendAsync("GET", "owners")));
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.TooManyRequests && answer.Headers["Retry-After"] == "1");
    }

    private sealed class Nobody(Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory log, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
