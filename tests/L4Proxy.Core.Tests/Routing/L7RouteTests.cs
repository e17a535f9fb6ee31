using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Routing.Explaining;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>How a route of HTTP requests is found: by its name, wherever clients of the endpoint show it.</summary>
public class L7RouteTests
{
    private static readonly RouteModel[] s_routes =
    [
        L7("web", new() { Sni = ["web.test", "*.shop.test"], Path = ["/only/"] }),
        L7("own", new() { Sni = ["own.test"] }, new L4Certificate { Path = "own.pem" }),
        Sni("passed", "*.test"),
    ];

    [Theory]
    [Trait("Row", "D1")]
    [InlineData(HttpNames.OfTls, "web", "None")]
    [InlineData(HttpNames.OfRequests, "passed", "web")]
    [InlineData(HttpNames.Both, "web", "web")]
    internal void It_is_found_where_its_clients_show_the_name(HttpNames names, string byHello, string byRequest)
    {
        var table = RouteTable.Create(s_routes, names);

        foreach (var name in new[] { "web.test", "a.b.shop.test" })
        {
            Assert.Equal(byHello, table.Match(Facts(Hello(name)), noMoreBytes: true).Text());
            Assert.Equal(byRequest, table.Match(Facts(Request($"GET / HTTP/1.1\r\nHost: {name}:8080\r\n\r\n")), noMoreBytes: true).Text());
        }
        Assert.Equal("passed", table.Match(Facts(Hello("shop.test")), noMoreBytes: true).Text());
    }

    [Theory]
    [InlineData(HttpNames.OfTls)]
    [InlineData(HttpNames.OfRequests)]
    [InlineData(HttpNames.Both)]
    internal void Where_it_ends_TLS_itself_only_a_hello_finds_it(HttpNames names)
    {
        var table = RouteTable.Create(s_routes, names);

        Assert.Equal("own", table.Match(Facts(Hello("own.test")), noMoreBytes: true).Text());
        Assert.Equal("None", table.Match(Facts(Request("GET / HTTP/1.1\r\nHost: own.test\r\n\r\n")), noMoreBytes: true).Text());
    }

    [Fact]
    public void It_leads_to_HTTP_and_waits_for_nothing_that_its_cluster_hashes()
    {
        Assert.Equal(L4RouteAction.Http, s_routes[0].Action);
        Assert.True(s_routes[0].PickedBy.IsEmpty);
    }

    [Fact]
    public void What_it_wants_of_a_request_is_not_asked_of_a_connection() =>
        Assert.Equal("web", RouteTable.Create(s_routes).Match(Facts(Request("GET /other HTTP/1.1\r\nHost: web.test\r\n\r\n")), noMoreBytes: true).Text());

    [Theory]
    [InlineData("""GET / HTTP/1.1|Host: x.example||""", "Sni: wanted [\"web.test\",\"*.shop.test\"], saw x.example")]
    [InlineData("""SSH-2.0-x|""", "Sni: wanted [\"web.test\",\"*.shop.test\"], saw no TLS")]
    public void Why_it_is_not_found_is_said_of_its_names_once(string bytes, string why)
    {
        var explained = TableExplainer.Explain(RouteTable.Create(s_routes), Facts(Request(bytes.Replace("|", "\r\n", StringComparison.Ordinal))));

        Assert.Equal(why, Assert.Single(explained.Verdicts, verdict => verdict.RouteId == "web").Reason);
    }

    [Fact]
    public void Why_it_comes_after_another_is_said_by_its_name()
    {
        var explained = TableExplainer.Explain(RouteTable.Create([.. s_routes, Sni("first", "web.test", order: -1)]), Facts(Hello("web.test")));

        Assert.Equal("first", explained.Winner!.Route.Id);
        Assert.Equal(L4RouteStanding.ComesAfter, Assert.Single(explained.Verdicts, verdict => verdict.RouteId == "web").Standing);
        Assert.Equal(L4RouteStanding.Wins, Assert.Single(explained.Verdicts, verdict => verdict.RouteId == "first").Standing);
    }

    private static RouteModel L7(string id, L4Match match, L4Certificate? certificate = null) =>
        new() { Id = id, Config = new() { Mode = L4RouteMode.L7, ClusterId = "c", Match = match, Certificate = certificate } };

    private static PrefaceInfo Request(string text) => AllParsers.Inspect(Encoding.Latin1.GetBytes(text));
}
