using System.Text;

namespace L4Proxy.Providers.Tests.Traefik;

public sealed class TraefikHeaderTests
{
    [Fact]
    public void Headers_that_are_set_and_taken_away_are_the_routes()
    {
        var imported = Import("{ customRequestHeaders: { X-Forwarded-Server: p1, X-Gone: '' }, customResponseHeaders: { X-Techulus-Host: p1 } }");

        Assert.Empty(imported.Errors);
        Assert.Equal(
            [("L4Proxy.Request.Remove.X-Gone", ""), ("L4Proxy.Request.Set.X-Forwarded-Server", "p1"), ("L4Proxy.Response.Set.X-Techulus-Host", "p1")],
            Assert.Single(imported.Config.Routes!).Value.Metadata!.Select(item => (item.Key, item.Value)).Order());
        Assert.DoesNotContain(imported.Warnings, warning => warning.Path.Contains("middlewares", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ customRequestHeaders: { \"X Y\": a } }")]
    [InlineData("{ customRequestHeaders: { X: \"a\\nb\" } }")]
    public void One_that_cannot_be_sent_is_left_out_and_said(string headers)
    {
        var imported = Import(headers);

        Assert.Null(Assert.Single(imported.Config.Routes!).Value.Metadata);
        Assert.Contains(imported.Warnings, warning => warning.Path.Contains("middlewares", StringComparison.Ordinal));
    }

    private static L4ImportResult Import(string headers) => L4TraefikImport.Parse([KeyValuePair.Create("routes.yaml", new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(
        $$"""
        http:
          routers: { r: { rule: "Host(`a.example.com`)", entryPoints: [web], service: s, middlewares: [m] } }
          services: { s: { loadBalancer: { servers: [ { url: "http://192.0.2.4:3000" } ] } } }
          middlewares: { m: { headers: {{headers}} } }
        """)))]);
}
