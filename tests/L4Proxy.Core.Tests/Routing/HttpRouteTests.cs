using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Routes by host and path of plaintext HTTP, and by the fingerprint of a hello.</summary>
public class HttpRouteTests
{
    [Theory]
    [InlineData("a.test", "exact")]
    [InlineData("A.test.:8080", "exact")]
    [InlineData("x.a.test", "labels")]
    [InlineData("y.x.a.test", "suffix")]
    [InlineData("other", "any")]
    [InlineData("192.0.2.1:80", "address")]
    [InlineData("[2001:DB8::0:1]", "address")]
    [InlineData("192.0.2.2", "any")]
    [InlineData("", "none")]
    [InlineData("a.test, b.test", "rest")]
    public void A_host_ranks_as_a_name_does(string host, string expected) => Assert.Equal(
        expected,
        Match(
            Facts(Request($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")),
            Host("any", "*"), Host("suffix", "*.a.test"), Host("labels", "{x}.a.test"), Host("exact", "a.test"), Host("none", ""),
            Host("address", "192.0.2.1", "2001:db8::1"), Route("rest")).Text());

    [Fact]
    public void A_host_and_a_server_name_are_two_things()
    {
        RouteModel[] routes = [Host("host", "a.test"), Sni("sni", "a.test"), Route("rest", order: 1)];

        Assert.Equal("host", Match(Facts(Request("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")), routes).Text());
        Assert.Equal("sni", Match(Facts(Hello("a.test")), routes).Text());
        Assert.Equal("rest", Match(Facts(Hello("b.test")), routes).Text());
        Assert.Equal("", string.Concat(RouteTable.Create(routes).FindUnreachable()));
        Assert.Throws<ArgumentException>(() => RouteTable.Create([Route("both", new L4Match { Host = ["a"], Sni = ["a"] })]));
        Assert.Throws<ArgumentException>(() => RouteTable.Create([Route("both", new L4Match { Host = ["a"], SniRegex = ["a"] })]));
    }

    [Theory]
    [InlineData("a.test", "/api/x", "api")]
    [InlineData("a.test", "/%61pi/x?y", "api")]
    [InlineData("a.test", "/apix", "host")]
    [InlineData("a.test", "/API/x", "host")]
    [InlineData("b.test", "/x/../img/", "path")]
    [InlineData("b.test", "/", "None")]
    public void A_path_is_a_condition_more(string host, string target, string expected) => Assert.Equal(
        expected,
        Match(
            Facts(Request($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")),
            Host("host", "a.test"), Route("api", new L4Match { Host = ["a.test"], Path = ["/api/", "/v1/"] }), Route("path", new L4Match { Path = ["/img/"] })).Text());

    [Fact]
    public void They_are_waited_for_as_long_as_they_may_come()
    {
        var table = RouteTable.Create([Host("host", "a.test"), Route("path", new L4Match { Path = ["/x"] }), Route("rest", order: 1)]);
        var request = Encoding.ASCII.GetBytes("GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n");
        for (var length = 0; length < request.Length; length++)
            Assert.Equal("NeedMore", table.Match(Facts(PrefaceInspector.Inspect(request.AsSpan(0, length), table.Protocols)), noMoreBytes: false).Text());

        Assert.Equal("host", table.Match(Facts(PrefaceInspector.Inspect(request, table.Protocols)), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Facts(PrefaceInspector.Inspect(request.AsSpan(0, 20), table.Protocols)), noMoreBytes: true).Text());
        Assert.Equal("rest", table.Match(Facts(PrefaceInspector.Inspect("SSH-2.0-x"u8, table.Protocols)), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Facts(PrefaceInspector.Inspect("GET / HTTP/1.1\r\n\r\n"u8, table.Protocols)), noMoreBytes: false).Text());
    }

    [Fact]
    public void A_host_gives_captures()
    {
        var match = Match(Facts(Request("GET / HTTP/1.1\r\nHost: VM7.eu.a.test:1\r\n\r\n")), Host("r", "{vm}.{zone}.a.test"));

        Assert.True(match.GetCaptures("x.y.a.test", "vm7.eu.a.test").TryGet("vm", out var vm));
        Assert.Equal("vm7", vm.ToString());
        Assert.True(match.GetCaptures(null, "vm7.eu.a.test").TryGet("zone", out var zone));
        Assert.Equal("eu", zone.ToString());
        Assert.False(match.GetCaptures("x.y.a.test", null).TryGet("vm", out _));
    }

    [Fact]
    public void Of_thousands_one_is_found_without_allocating()
    {
        var table = RouteTable.Create([.. Enumerable.Range(0, 5000).Select(i => Host($"r{i}", $"h{i}.a.test")), Host("suffix", "*.b.test"), Route("path", new L4Match { Path = ["/p"] })]);
        ConnectionFacts[] connections =
        [
            Facts(Request("GET / HTTP/1.1\r\nHost: h4321.a.test\r\n\r\n")), Facts(Request("GET / HTTP/1.1\r\nHost: x.y.b.test\r\n\r\n")), Facts(Request("GET /p HTTP/1.1\r\nHost: z\r\n\r\n")),
            Facts(Request("GET / HTTP/1.1\r\nHost: z\r\n\r\n")), Facts(Request("GET /")), Facts(Hello("h4321.a.test")),
        ];
        Assert.Equal(["r4321", "suffix", "path", "None", "NeedMore", "None"], connections.Select(facts => table.Match(facts, noMoreBytes: false).Text()));

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (var facts in connections)
                _ = table.Match(facts, noMoreBytes: false);
        }, times: 100));
    }

    [Fact]
    public void Unreachable_ones_are_named() => Assert.Equal(
        ["b<a", "d<c", "f<e"],
        RouteTable.Create(
        [
            Host("a", "*.x.test", order: 0), Host("b", "y.x.test", order: 1), Host("c", "z.test"), Host("d", "Z.test."),
            Route("e", new L4Match { Path = ["/a"] }), Route("f", new L4Match { Path = ["/a/", "/ab"] }), Sni("g", "y.x.test", order: 1),
            Route("h", new L4Match { Path = ["/"] }), Route("i", new L4Match { SniRegex = ["x"] }, order: 1), Host("j", "*", order: 2),
        ]).FindUnreachable().Select(pair => $"{pair.RouteId}<{pair.ByRouteId}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("t13d1517h2_8daaf6152771_cb7bf5808d99", "chromium", "r")]
    [InlineData("t13d*_8daaf6152771_*", "chromium", "r")]
    [InlineData("t13d*_8daaf6152771_*", "curl", "None")]
    [InlineData("q*", "chromium", "None")]
    public void A_fingerprint_is_a_text_with_stars(string wanted, string client, string expected)
    {
        var table = RouteTable.Create([Route("r", new L4Match { Ja4 = [wanted] })]);

        Assert.Equal(expected, table.Match(Facts(PrefaceInspector.Inspect(CapturedHello.Named(client).Bytes(), table.Protocols)), noMoreBytes: false).Text());
        Assert.Equal("NeedMore", table.Match(Facts(PrefaceInspector.Inspect(CapturedHello.Named(client).Bytes().AsSpan(0, 100), table.Protocols)), noMoreBytes: false).Text());
        Assert.Equal("None", table.Match(Facts(Request("GET / HTTP/1.1\r\n\r\n")), noMoreBytes: false).Text());
    }

    private static PrefaceInfo Request(string text) => AllParsers.Inspect(Encoding.Latin1.GetBytes(text));

    private static RouteModel Host(string id, params string[] hosts) => Host(id, hosts, order: null);

    private static RouteModel Host(string id, string host, int order) => Host(id, [host], order);

    private static RouteModel Host(string id, string[] hosts, int? order) => Route(id, new L4Match { Host = hosts }, order);
}
