using L4Proxy.Configuration;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

public class UnreachableRoutesTests
{
    private static string Find(params RouteModel[] routes) =>
        string.Join(' ', RouteTable.Create(routes).FindUnreachable().Select(pair => $"{pair.RouteId}<{pair.ByRouteId}").Order(StringComparer.Ordinal));

    [Fact]
    public void The_same_name_twice() => Assert.Equal("b<a", Find(Sni("a", "x.c"), Sni("b", "X.c.")));

    [Fact]
    public void The_same_wildcard_under_another_name() => Assert.Equal("b<a", Find(Sni("a", "*.c"), Sni("b", "{**x}.c")));

    [Fact]
    public void Two_routes_without_conditions() => Assert.Equal("b<a", Find(Route("a"), Route("b")));

    [Fact]
    public void A_lower_order_that_matches_everything() =>
        Assert.Equal("b<a c<a", Find(Route("a", order: -1), Sni("b", "x.c"), Route("c", new L4Match { Protocols = ["ssh"] })));

    [Fact]
    public void A_wildcard_of_a_lower_order() =>
        Assert.Equal("b<a c<a d<a", Find(Sni("a", "*.c", order: -1), Sni("b", "x.c"), Sni("c", "{y}.x.c"), Sni("d", "*.x.c"), Sni("e", "c")));

    [Fact]
    public void Any_name_of_a_lower_order() =>
        Assert.Equal("b<a c<a", Find(Sni("a", "*", order: -1), Sni("b", "x.c"), Route("c", new L4Match { SniRegex = ["x"] }), Sni("d", ""), Route("e")));

    [Fact]
    public void All_names_covered_by_different_routes() =>
        Assert.Equal("c<a", Find(Sni("a", "x.c"), Sni("b", "y.c"), Sni("c", "x.c y.c"), Sni("d", "x.c z.c")));

    [Fact]
    public void Fewer_values_in_a_later_route() => Assert.Equal(
        "b<a",
        Find(
            Route("a", new L4Match { Alpn = ["h2", "x"], ClientAddresses = ["10.0.0.0/8"], LocalPorts = ["1-9"] }),
            Route("b", new L4Match { Alpn = ["h2"], ClientAddresses = ["10.1.0.0/16"], LocalPorts = ["2", "3-4"] })));

    [Fact]
    public void A_single_port_among_single_ports() => Assert.Equal(
        "b<a",
        Find(Route("a", new L4Match { LocalPorts = ["1", "2"] }), Route("b", new L4Match { LocalPorts = ["2"] }), Route("c", new L4Match { LocalPorts = ["3"] })));

    [Fact]
    public void The_same_expression() => Assert.Equal(
        "b<a",
        Find(Route("a", new L4Match { SniRegex = ["x"] }), Route("b", new L4Match { SniRegex = ["x"] }), Route("c", new L4Match { SniRegex = ["y"] })));

    [Fact]
    public void What_is_reached_is_not_listed() => Assert.Equal(
        "",
        Find(
            Sni("a", "*.c"), Sni("b", "x.c"), Sni("c", "{x}.c"), Sni("d", "*"), Sni("e", ""), Route("f"),
            Route("g", new L4Match { Alpn = ["h2"] }), Route("h", new L4Match { Sni = ["x.c"], ClientAddresses = ["10.0.0.0/8"] }),
            Route("i", new L4Match { Sni = ["x.c"], LocalPorts = ["1"] }), Route("j", new L4Match { Protocols = ["tls"] })));

    [Fact]
    public void Many_routes_are_searched()
    {
        var routes = Enumerable.Range(0, 20_000).Select(i => Sni($"r{i:d6}", $"h{i % 19_999}.example.com")).Append(Route("rest"));

        Assert.Equal("r019999<r000000", Find([.. routes]));
    }
}
