using System.Net;
using System.Text.RegularExpressions;
using L4Proxy.Dashboard.Tests.Browsers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The page in an application of one's own: its files, where they are, and who gets them.</summary>
public sealed partial class ServedFilesTests(Browser browser)
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "text/html")]
    [InlineData("app.js", "text/javascript")]
    [InlineData("vendor/preact.js", "text/javascript")]
    [InlineData("app.css", "text/css")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Files_say_what_they_are_and_what_the_page_may(string file, string type)
    {
        await using var app = await StartAsync(web => web.MapL4ProxyDashboard());
        using var answer = await GetAsync(app, $"l4proxy/ui/{file}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Policy, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task The_page_has_no_script_and_no_style_in_it_and_is_not_kept()
    {
        await using var app = await StartAsync(web => web.MapL4ProxyDashboard());
        using var answer = await GetAsync(app, "l4proxy/ui/");
        Assert.DoesNotMatch(Inline(), await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task A_file_that_is_known_is_not_sent_again()
    {
        await using var app = await StartAsync(web => web.MapL4ProxyDashboard());
        using var first = await GetAsync(app, "l4proxy/ui/app.js");
        Assert.True(first.Headers.CacheControl?.NoCache);
        using var again = await GetAsync(app, "l4proxy/ui/app.js", ("If-None-Match", first.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var other = await GetAsync(app, "l4proxy/ui/app.js", ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Its_address_without_a_slash_leads_to_it()
    {
        await using var app = await StartAsync(web => web.MapL4ProxyDashboard());
        using var answer = await GetAsync(app, "l4proxy/ui");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/l4proxy/ui/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task It_works_below_a_path_and_beside_an_API_of_another_path()
    {
        await using var app = await StartAsync(web =>
        {
            web.UsePathBase("/edge");
            web.UseRouting();
            web.MapL4ProxyApi("/admin");
            web.MapL4ProxyDashboard("/ops/l4", options => options.ApiPrefix = "/admin");
        });
        using var redirect = await GetAsync(app, "edge/ops/l4");
        Assert.Equal("/edge/ops/l4/", redirect.Headers.Location?.OriginalString);

        await using var tab = await browser.OpenAsync($"{app.Urls.First()}/edge/ops/l4");
        await Expect(tab.Fact("Routes")).ToHaveTextAsync("0");
        await Expect(tab.Fact("Connections")).ToHaveTextAsync("0");
        await Expect(tab.Link("API")).ToHaveAttributeAsync("href", "/edge/admin/docs");
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task An_authorization_of_the_applications_guards_it()
    {
        await using var app = await StartAsync(
            web => web.MapL4ProxyDashboard().RequireAuthorization("admins"),
            services =>
            {
                services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Nobody>("test", null);
                services.AddAuthorization(options => options.AddPolicy("admins", policy => policy.RequireAssertion(context => ((HttpContext)context.Resource!).Request.Headers.ContainsKey("X-Admin"))));
            });
        foreach (var file in new[] { "", "app.js" })
        {
            using var refused = await GetAsync(app, $"l4proxy/ui/{file}");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            using var answer = await GetAsync(app, $"l4proxy/ui/{file}", ("X-Admin", "1"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", false, HttpStatusCode.OK)]
    [InlineData("::ffff:127.0.0.1", false, HttpStatusCode.OK)]
    [InlineData("192.0.2.7", false, HttpStatusCode.Forbidden)]
    [InlineData("192.0.2.7", true, HttpStatusCode.OK)]
    public async Task Without_an_authorization_it_is_for_this_machine_alone_unless_it_asks_for_a_token(string client, bool asksForToken, HttpStatusCode expected)
    {
        await using var app = await StartAsync(web =>
        {
            web.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(client);
                return next(context);
            });
            web.MapL4ProxyDashboard(configure: options => options.AskForToken = asksForToken);
        });
        using var answer = await GetAsync(app, "l4proxy/ui/");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_path_that_is_none_is_refused()
    {
        await using var app = await StartAsync(web =>
        {
            Assert.Throws<ArgumentException>(() => web.MapL4ProxyDashboard("ui"));
            Assert.Throws<ArgumentException>(() => web.MapL4ProxyDashboard(configure: options => options.ApiPrefix = "api"));
        });
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddL4Proxy();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync(Cancellation);
        return app;
    }

    private static async Task<HttpResponseMessage> GetAsync(WebApplication app, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(app.Urls.First()), path));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, Cancellation);
    }

    [GeneratedRegex(@"<script(?![^>]* src=)|<style| style=| on\w+=", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    private sealed class Nobody(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, System.Text.Encodings.Web.UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
