using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Tests.Traefik;

/// <summary>Middlewares that send clients elsewhere, and those that change paths.</summary>
public class TraefikRequestMiddlewareTests
{
    [Theory]
    [InlineData("redirectScheme: { scheme: https, permanent: true }", """{"Redirect":{"Url":"https://{host}{uri}","Status":301}}""")]
    [InlineData("redirectScheme: { scheme: https, port: '443' }", """{"Redirect":{"Url":"https://{host}{uri}","Status":302}}""")]
    [InlineData("redirectScheme: { scheme: https, port: 8443 }", """{"Redirect":{"Url":"https://{host}:8443{uri}","Status":302}}""")]
    [InlineData("redirectRegex: { regex: '^http://a\\.x/(.*)', replacement: 'https://b.x/${1}', permanent: true }", """{"Redirect":{"Url":"https://b.x/{1}","Status":301,"Regex":"^http://a\\.x/(.*)"}}""")]
    [InlineData("redirectRegex: { regex: '^https?://a/(?P<p>.*)', replacement: 'https://b/$p' }", """{"Redirect":{"Url":"https://b/{p}","Status":302,"Regex":"^https?://a/(?<p>.*)"}}""")]
    [InlineData("addPrefix: { prefix: /v1 }", """{"Rewrite":[{"AddPrefix":"/v1"}]}""")]
    [InlineData("stripPrefix: { prefixes: [/api, /v2] }", """{"Rewrite":[{"StripPrefix":["/api","/v2"]}]}""")]
    [InlineData("stripPrefixRegex: { regex: ['/[a-z]+/'] }", """{"Rewrite":[{"Regex":"^(?:/[a-z]+/)","With":""}]}""")]
    [InlineData("replacePath: { path: '/{x}' }", """{"Rewrite":[{"Set":"/{{x}}"}]}""")]
    [InlineData("replacePathRegex: { regex: '^/a/(.*)', replacement: '/b/$1' }", """{"Rewrite":[{"Regex":"^/a/(.*)","With":"/b/{1}"}]}""")]
    [InlineData("redirectScheme: { scheme: ftp }", null)]
    [InlineData("redirectScheme: { scheme: https, port: '0' }", null)]
    [InlineData("redirectRegex: { regex: '(?=a)', replacement: 'https://b' }", null)]
    [InlineData("redirectRegex: { regex: '\\pL', replacement: 'https://b' }", null)]
    [InlineData("redirectRegex: { regex: 'a', replacement: 'https://b/$2' }", null)]
    [InlineData("addPrefix: { prefix: /../x }", null)]
    [InlineData("addPrefix: { }", null)]
    [InlineData("stripPrefix: { }", null)]
    public void A_middleware_is_a_change_or_its_router_is_left_out(string middleware, string? expected)
    {
        var imported = Import($"m: {{ {middleware} }}", "[m]");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, imported.Config.Routes!.Values.SingleOrDefault() is { } route ? Json(route) : null);
        Assert.Equal(expected is null, imported.Warnings.Any());
        Files.AssertValid(imported);
    }

    [Fact]
    public void Changes_of_paths_are_made_in_their_order_and_redirects_come_first()
    {
        const string Both = "a: { addPrefix: { prefix: /v1 } }, s: { stripPrefix: { prefixes: [/api] } }, r: { redirectScheme: { scheme: https } }";

        Assert.Equal("""{"Rewrite":[{"StripPrefix":["/api"]},{"AddPrefix":"/v1"}]}""", Json(Assert.Single(Import(Both, "[s, a]").Config.Routes!).Value));
        Assert.Equal("""{"Redirect":{"Url":"https://{host}{uri}","Status":302},"Rewrite":[{"AddPrefix":"/v1"}]}""", Json(Assert.Single(Import(Both, "[r, a]").Config.Routes!).Value));
        Assert.Empty(Import(Both, "[a, r]").Config.Routes!);
    }

    private static L4ImportResult Import(string middlewares, string used) => Files.Import(
        $$"""
        http:
          routers: { r: { rule: "Host(`a.x`)", entryPoints: [web], service: s, middlewares: {{used}} } }
          services: { s: { loadBalancer: { servers: [ { url: 'http://a:1' } ] } } }
          middlewares: { {{middlewares}} }
        """);

    private static string Json(L4Route route) => Encoding.UTF8.GetString(ConfigWriter.Write(L4RouteHttp.Keys.Shape, route.Http!));
}
