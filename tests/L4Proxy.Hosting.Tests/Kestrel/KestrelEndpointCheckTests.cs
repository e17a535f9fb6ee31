using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Kestrel;

public class KestrelEndpointCheckTests
{
    [Fact]
    public void A_name_that_is_there_is_right_in_any_case()
    {
        Assert.Empty(Check([("a", new L4Endpoint { Kestrel = "https" })], [("Https", "https://*:443")]));
    }

    [Fact]
    public void A_name_that_is_not_there_is_an_error_that_lists_those_that_are()
    {
        Assert.Equal(
            ["error L4Proxy:Endpoints:a:Kestrel: Kestrel:Endpoints has no 'Https'. The names there are: 'Admin', 'Web'."],
            Check([("a", new L4Endpoint { Kestrel = "Https" })], [("Web", "http://*:80"), ("Admin", "http://*:81")]));
        Assert.Equal(
            ["error L4Proxy:Endpoints:a:Kestrel: Kestrel:Endpoints has no 'Https'. The names there are: none."],
            Check([("a", new L4Endpoint { Kestrel = "Https" })], []));
    }

    [Fact]
    public void A_name_of_what_is_not_tcp_is_an_error()
    {
        Assert.Equal(
            ["error L4Proxy:Endpoints:a:Kestrel: 'Web' is no TCP endpoint but 'http://unix:/tmp/web.sock'."],
            Check([("a", new L4Endpoint { Kestrel = "Web" })], [("Web", "http://unix:/tmp/web.sock")]));
    }

    [Fact]
    public void A_name_whose_address_is_opted_out_is_an_error()
    {
        Assert.Equal(
            ["error L4Proxy:Endpoints:a:Kestrel: SharesPort keeps L4Proxy off 'Web'."],
            Check(
                [("a", new L4Endpoint { Kestrel = "Web" })], [("Web", "http://*:80")],
                b => b.Services.Configure<L4ProxyHostingOptions>(o => o.SharesPort = _ => false)));
    }

    [Fact]
    public void Without_kestrel_a_name_is_an_error()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddL4Proxy();
        using var provider = services.BuildServiceProvider();

        Assert.Equal(
            ["error L4Proxy:Endpoints:a:Kestrel: It needs Kestrel in this host."],
            Check(provider, [("a", new L4Endpoint { Kestrel = "Web" })]));
    }

    [Fact]
    public void An_endpoint_that_nothing_comes_to_is_a_warning()
    {
        Assert.Equal(
            ["""warning L4Proxy:Endpoints:a: It has neither Url nor Kestrel, and code has not called UseL4Proxy("a"): nothing comes to it."""],
            Check([("a", new L4Endpoint())], []));
    }

    [Fact]
    public void An_endpoint_that_code_has_given_a_listener_to_is_right()
    {
        Assert.Empty(Check([("a", new L4Endpoint())], [], Listen("a")));
    }

    [Fact]
    public void An_endpoint_in_code_cannot_have_a_url()
    {
        Assert.Equal(
            ["""error L4Proxy:Endpoints:a:Url: Code has called UseL4Proxy("a"), so it is one of Kestrel's endpoints and cannot have a Url."""],
            Check([("a", new L4Endpoint { Url = "tcp://*:1883" })], [], Listen("a")));
    }

    [Fact]
    public void An_id_in_code_that_is_not_configured_is_a_warning()
    {
        Assert.Equal(
            ["""warning L4Proxy:Endpoints:a: It is missing: where code has called UseL4Proxy("a"), only HTTP is served."""],
            Check([], [], Listen("a")));
    }

    [Theory]
    [InlineData("tcp://*:8443", "https://*:8443")]
    [InlineData("tls://127.0.0.1:8443", "https://*:8443")]
    [InlineData("tcp://*:8000-9000", "https://127.0.0.1:8443")]
    [InlineData("tcp://localhost:8443", "https://localhost:8443")]
    [InlineData("tcp://[::1]:8443", "https://example.com:8443")]
    public void A_port_that_a_kestrel_endpoint_has_is_an_error_that_names_it(string own, string kestrel)
    {
        var error = Assert.Single(Check([("a", new L4Endpoint { Url = own })], [("Web", kestrel)]));

        Assert.StartsWith("error L4Proxy:Endpoints:a:Url: Kestrel:Endpoints:Web has ", error, StringComparison.Ordinal);
        Assert.EndsWith("To share it, give Kestrel 'Web' in place of Url.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://*:8444", "https://*:8443")]
    [InlineData("udp://*:8443", "https://*:8443")]
    [InlineData("tcp://127.0.0.2:8443", "https://127.0.0.1:8443")]
    [InlineData("tcp://*:0", "https://127.0.0.1:0")]
    [InlineData("unix:/tmp/own.sock", "http://unix:/tmp/web.sock")]
    public void A_port_beside_those_of_kestrel_is_right(string own, string kestrel)
    {
        Assert.Empty(Check([("a", new L4Endpoint { Url = own })], [("Web", kestrel)]));
    }

    [Fact]
    public void A_port_that_code_gives_to_another_endpoint_is_an_error()
    {
        Assert.Equal(
            ["""error L4Proxy:Endpoints:a:Url: The Kestrel endpoint with UseL4Proxy("b") has tcp://127.0.0.1:8443 as well. Take another port."""],
            Check([("a", new L4Endpoint { Url = "tcp://*:8443" }), ("b", new L4Endpoint())], [], Listen("b", 8443)));
    }

    [Fact]
    public void A_port_of_the_apps_urls_is_a_warning()
    {
        Assert.Equal(
            ["warning L4Proxy:Endpoints:a:Url: The URL 'http://localhost:8080' of this app has tcp://127.0.0.1:8080 as well. Take another port."],
            Check([("a", new L4Endpoint { Url = "tcp://*:8080" })], [], b => b.Configuration["urls"] = "http://*:0;http://localhost:8080"));
    }

    [Fact]
    public async Task A_port_that_kestrel_has_bound_for_code_is_an_error_when_it_runs()
    {
        await using var test = await TestApp.StartAsync();

        Assert.Equal(
            [$"error L4Proxy:Endpoints:a:Url: Kestrel has tcp://127.0.0.1:{test.Url.Port} as well. To share it, call UseL4Proxy for Kestrel's endpoint and leave out Url."],
            Check(test.App.Services, [("a", new L4Endpoint { Url = $"tcp://*:{test.Url.Port}" })]));
    }

    private static Action<WebApplicationBuilder> Listen(string id, int port = 0) =>
        b => b.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, o => o.UseL4Proxy(id)));

    private static List<string> Check(
        (string Id, L4Endpoint Endpoint)[] endpoints, (string Name, string Url)[] kestrel, Action<WebApplicationBuilder>? configure = null)
    {
        var test = TestApp.Build(b =>
        {
            foreach (var (name, url) in kestrel)
                b.Configuration[$"Kestrel:Endpoints:{name}:Url"] = url;
            configure?.Invoke(b);
        });
        return Check(test.App.Services, endpoints);
    }

    private static List<string> Check(IServiceProvider services, (string Id, L4Endpoint Endpoint)[] endpoints)
    {
        var errors = new List<L4ConfigError>();
        var warnings = new List<L4ConfigError>();
        var graph = ConfigValidator.Validate(new L4Config { Endpoints = endpoints.ToDictionary(e => e.Id, e => e.Endpoint) }, [], []);
        foreach (var check in services.GetServices<IConfigCheck>())
            check.Check(graph, errors, warnings);
        return [.. errors.Select(e => $"error {e}"), .. warnings.Select(w => $"warning {w}")];
    }
}
