using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>HTTP/3 of Kestrel beside endpoints of L4Proxy. Whether there is a transport for it is the machine's matter, and here the test's.</summary>
public class KestrelHttp3CheckTests
{
    private const string All = "Http1AndHttp2AndHttp3";
    private const string Advice = "Leave Http3 out of its Protocols, and routes here take the names, or take another port.";

    [Theory]
    [InlineData("udp://*:8443", "https://127.0.0.1:8443", All, "127.0.0.1:8443")]
    [InlineData("udp://127.0.0.1:8000-9000", "https://localhost:8443", "http3", "127.0.0.1:8443")]
    [InlineData("udp://[::1]:8443", "https://*:8443", All, "[::]:8443")]
    public void Its_port_over_UDP_is_an_error(string own, string kestrel, string protocols, string address) => Assert.Equal(
        [$"error L4Proxy:Endpoints:a:Url: Kestrel:Endpoints:Web has udp://{address} as well. That is for HTTP/3. {Advice}"],
        Check(new L4Config { Endpoints = Endpoint(new L4Endpoint { Url = own }) }, kestrel, protocols));

    [Fact]
    public void And_a_warning_where_the_machine_has_no_QUIC() => Assert.Equal(
        [$"warning L4Proxy:Endpoints:a:Url: Kestrel:Endpoints:Web has udp://127.0.0.1:8443 as well. That is for HTTP/3, once the machine has libmsquic. {Advice}"],
        Check(new L4Config { Endpoints = Endpoint(new L4Endpoint { Url = "udp://*:8443" }) }, "https://127.0.0.1:8443", All, hasQuic: false));

    [Theory]
    [InlineData("udp://*:8443", "https://*:8443", "Http1AndHttp2")]
    [InlineData("udp://*:8443", "https://*:8443", null)]
    [InlineData("udp://*:8443", "https://*:8443", "nonsense")]
    [InlineData("udp://*:8443", "http://*:8443", All)] // Without TLS there is none.
    [InlineData("udp://*:8444", "https://*:8443", All)]
    [InlineData("udp://127.0.0.2:8443", "https://127.0.0.1:8443", All)]
    public void Beside_it_all_is_right(string own, string kestrel, string? protocols) =>
        Assert.Empty(Check(new L4Config { Endpoints = Endpoint(new L4Endpoint { Url = own }) }, kestrel, protocols));

    [Fact]
    public void What_is_said_of_all_endpoints_holds_too() => Assert.Single(Check(
        new L4Config { Endpoints = Endpoint(new L4Endpoint { Url = "udp://*:8443" }) }, "https://*:8443", protocols: null,
        configure: b => b.Configuration["Kestrel:EndpointDefaults:Protocols"] = All));

    [Fact]
    public void Names_that_routes_take_over_TCP_alone_are_a_warning() => Assert.Equal(
        ["warning L4Proxy:Endpoints:a:Kestrel: Kestrel serves 'web' by HTTP/3 as well, over UDP, where no route of this endpoint holds: a client may reach Kestrel "
         + "for the names of 'inside', 'one', 'two'. Leave Http3 out of its Protocols; a route of an endpoint with udp:// can take the names there."],
        Check(Shared(), "https://*:8443", All));

    [Theory]
    [InlineData("Http1AndHttp2", true)]
    [InlineData(All, false)]
    public void But_not_where_there_is_no_HTTP3(string protocols, bool hasQuic) => Assert.Empty(Check(Shared(), "https://*:8443", protocols, hasQuic));

    private static L4Config Shared() => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["a"] = new() { Kestrel = "web" }, ["own"] = new() { Url = "tcp://*:1883" } },
        Routes = new Dictionary<string, L4Route>
        {
            ["two"] = new() { Endpoints = ["a"], ClusterId = "up", Match = new L4Match { SniRegex = ["b.*"] } },
            ["one"] = new() { Endpoints = ["a"], Action = L4RouteAction.Reject, Match = new L4Match { Sni = ["a.test"] } },
            ["inside"] = new() { Endpoints = ["a"], ClusterId = "up", Match = new L4Match { AnyOf = [new L4Match { Sni = ["e.test"] }, new L4Match { Protocols = ["ssh"] }] } },
            ["ssh"] = new() { Endpoints = ["a"], ClusterId = "up", Match = new L4Match { Protocols = ["ssh"] } },
            ["http"] = new() { Endpoints = ["a"], Action = L4RouteAction.Http, Match = new L4Match { Sni = ["c.test"] } },
            ["elsewhere"] = new() { Endpoints = ["own"], ClusterId = "up", Match = new L4Match { Sni = ["d.test"] } },
        },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["up"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "127.0.0.1:1" } } },
        },
    };

    private static Dictionary<string, L4Endpoint> Endpoint(L4Endpoint endpoint) => new() { ["a"] = endpoint };

    private static List<string> Check(L4Config config, string url, string? protocols, bool hasQuic = true, Action<WebApplicationBuilder>? configure = null)
    {
        var test = TestApp.Build(b =>
        {
            b.Configuration["Kestrel:Endpoints:Web:Url"] = url;
            b.Configuration["Kestrel:Endpoints:Web:Protocols"] = protocols;
            foreach (var factory in b.Services.Where(s => s.ServiceType == typeof(IMultiplexedConnectionListenerFactory)).ToList())
                b.Services.Remove(factory);
            if (hasQuic)
                b.Services.AddSingleton<IMultiplexedConnectionListenerFactory, NoListeners>();
            configure?.Invoke(b);
        });
        var errors = new List<L4ConfigError>();
        var warnings = new List<L4ConfigError>();
        var graph = ConfigValidator.Validate(config, errors, []);
        foreach (var check in test.App.Services.GetServices<IConfigCheck>())
            check.Check(graph, errors, warnings);
        return [.. errors.Select(e => $"error {e}"), .. warnings.Select(w => $"warning {w}")];
    }

    /// <summary>That it is there is enough.</summary>
    private sealed class NoListeners : IMultiplexedConnectionListenerFactory
    {
        public ValueTask<IMultiplexedConnectionListener> BindAsync(EndPoint endpoint, IFeatureCollection? features = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
