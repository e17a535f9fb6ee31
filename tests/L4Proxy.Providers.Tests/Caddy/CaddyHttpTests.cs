using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Providers.Tests.Importing;

namespace L4Proxy.Providers.Tests.Caddy;

/// <summary>What agents send of <c>apps.http</c>.</summary>
public class CaddyHttpTests
{
    private const string Proxy = """{ "handler": "reverse_proxy", "upstreams": [ { "dial": "h:1" } ] }""";

    [Theory]
    [InlineData("""{ "handler": "static_response", "status_code": 301, "headers": { "Location": ["https://{http.request.host}{http.request.uri}"] } }""", """{"Redirect":{"Url":"https://{host}{uri}","Status":301}}""")]
    [InlineData("""{ "handler": "static_response", "status_code": "308", "headers": { "Location": ["https://{http.request.hostport}{http.request.uri.path}?{http.request.uri.query}"] }, "close": true }""", """{"Redirect":{"Url":"https://{authority}{path}?{query}","Status":308}}""")]
    [InlineData("""{ "handler": "static_response", "status_code": 404, "body": "no {http.request.host} { x }" }""", """{"Respond":{"Status":404,"Body":"no {host} {{ x }}"}}""")]
    [InlineData("""{ "handler": "static_response", "close": true }""", """{"Respond":{"Status":200,"Close":true}}""")]
    [InlineData("""{ "handler": "static_response", "abort": true }""", """{"Respond":{"Abort":true}}""")]
    [InlineData("""{ "handler": "static_response", "status_code": 403, "headers": { "X-A": ["{http.request.host.labels.1}"] } }""", """{"Respond":{"Status":403,"Headers":{"X-A":"{label.1}"}}}""")]
    [InlineData("""{ "handler": "static_response", "body": "{http.request.remote}" }""", null)]
    [InlineData("""{ "handler": "static_response", "status_code": 302, "headers": { "Location": ["javascript:x"] } }""", null)]
    [InlineData("""{ "handler": "static_response", "status_code": "{x}" }""", null)]
    [InlineData("""{ "handler": "rewrite", "strip_path_prefix": "/api" },""" + Proxy, """{"Rewrite":[{"StripPrefix":["/api"]}]}""")]
    [InlineData("""{ "handler": "rewrite", "uri": "/v1{http.request.uri}", "strip_path_suffix": "/" },""" + Proxy, """{"Rewrite":[{"Set":"/v1{uri}"},{"StripSuffix":"/"}]}""")]
    [InlineData("""{ "handler": "rewrite", "path_regexp": [ { "find": "^/a/(.*)", "replace": "/b/$1" } ] },""" + Proxy, """{"Rewrite":[{"Regex":"^/a/(.*)","With":"/b/{1}"}]}""")]
    [InlineData("""{ "handler": "rewrite", "method": "GET" },""" + Proxy, null)]
    [InlineData("""{ "handler": "authentication" },""" + Proxy, null)]
    public void A_handler_is_said_of_the_route_or_it_is_left_out(string handlers, string? expected)
    {
        var imported = Parse($$"""{ "match": [ { "host": ["a.test"] } ], "handle": [ {{handlers}} ] }""");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, imported.Config.Routes!.Values.SingleOrDefault() is { } route ? Json(route) : null);
        Assert.Equal(expected is null, imported.Warnings.Any());
        Imported.AssertValid(imported);
    }

    [Fact]
    public void Routes_inside_of_one_are_routes_in_their_order_or_all_are_left_out()
    {
        var inner = $$"""{ "match": [ { "path": ["/old/*"] } ], "handle": [ { "handler": "static_response", "status_code": 302, "headers": { "Location": ["/new"] } } ] }, { "handle": [ {{Proxy}} ] }""";
        var imported = Parse($$"""{ "match": [ { "host": ["a.test"] } ], "handle": [ { "handler": "subroute", "routes": [ {{inner}} ] } ] }""");

        Assert.Equal(["""{"Sni":["a.test"],"Path":["/old/"]}""", """{"Sni":["a.test"]}"""], imported.Config.Routes!.Values.OrderBy(route => route.Order).Select(route => Imported.Json(route.Match)));
        Assert.Empty(Parse($$"""{ "match": [ { "host": ["a.test"] } ], "handle": [ { "handler": "subroute", "routes": [ { "match": [ { "path": ["/x/*"] } ], "handle": [ { "handler": "authentication" } ] }, {{inner}} ] } ] }""").Config.Routes!);
    }

    [Fact]
    public void Any_host_and_what_came_without_TLS_can_be_said()
    {
        var imported = Parse("""{ "match": [ { "protocol": "http" } ], "handle": [ { "handler": "static_response", "status_code": 301, "headers": { "Location": ["https://{http.request.host}{http.request.uri}"] } } ] }""");

        Assert.Equal("""{"Sni":["*",""]}""", Imported.Json(Assert.Single(imported.Config.Routes!).Value.Match));
        Assert.Empty(imported.Warnings);
        Assert.Empty(Parse("""{ "match": [ { "protocol": "https" } ], "handle": [ { "handler": "static_response" } ] }""").Config.Routes!);
    }

    [Theory]
    [InlineData("*.example.com", "{http.request.host.labels.2}.internal", "{l2}.example.com", "{l2}.internal:8080")]
    [InlineData("*.*.example.com", "{http.request.host.labels.3}.{http.request.host.labels.2}.internal", "{l3}.{l2}.example.com", "{l3}.{l2}.internal:8080")]
    [InlineData("a.example.com", "{http.request.host.labels.2}.internal", "a.example.com", "a.internal:8080")]
    [InlineData("*.example.com", "{http.request.host.labels.3}.internal", null, null)]
    [InlineData("*.example.com", "x-{http.request.host.labels.2}.internal", null, null)]
    [InlineData("*.example.com", "{http.request.header.X}.internal", null, null)]
    public void A_destination_is_made_of_labels_of_the_host(string host, string name, string? sni, string? address)
    {
        var imported = Parse(
            $$"""{ "match": [ { "host": ["{{host}}"] } ], "handle": [ { "handler": "reverse_proxy", "dynamic_upstreams": { "source": "a", "name": "{{name}}", "port": "8080", "resolver": { "addresses": ["127.0.0.1:40053"] } } } ] }""");

        Assert.Equal(sni, imported.Config.Routes!.Values.SingleOrDefault()?.Match!.Sni![0]);
        Assert.Equal(address, imported.Config.Clusters!.Values.SingleOrDefault()?.Destinations!.Values.Single().Address);
        Assert.Equal(sni is null, imported.Warnings.Any());
        Imported.AssertValid(imported);
    }

    private static L4ImportResult Parse(string routes) =>
        L4CaddyImport.ParseJson(Encoding.UTF8.GetBytes($$"""{ "apps": { "http": { "servers": { "s": { "listen": [":80"], "routes": [ {{routes}} ] } } } } }"""));

    private static string Json(L4Route route) => route.Http is { } http ? Encoding.UTF8.GetString(ConfigWriter.Write(L4RouteHttp.Keys.Shape, http)) : "";
}
