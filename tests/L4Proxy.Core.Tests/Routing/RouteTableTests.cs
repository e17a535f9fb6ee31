using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

public class RouteTableTests
{
    private static PrefaceInfo Bytes(string text) => AllParsers.Inspect(Encoding.Latin1.GetBytes(text));

    /// <summary>The "https" endpoint of DESIGN.md's example.</summary>
    private static readonly RouteModel[] Https =
    [
        Sni("lacny", "*.lacny.me"),
        Sni("tenant", "{instance}.example.com"),
        Route("ssh", new L4Match { Protocols = ["ssh"] }, order: 10),
    ];

    [Theory]
    [Trait("Row", "A2")]
    [InlineData("a.lacny.me", "lacny")]
    [InlineData("a.b.lacny.me", "lacny")]
    [InlineData("A.LACNY.ME", "lacny")]
    [InlineData("lacny.me", "None")]
    [InlineData("vm7.example.com", "tenant")]
    [InlineData("a.vm7.example.com", "None")]
    [InlineData("www.elsewhere.org", "None")]
    [InlineData(null, "None")]
    public void The_example_routes_by_name(string? name, string expected) => Assert.Equal(expected, Match(Facts(Hello(name)), Https).Text());

    [Theory]
    [InlineData("", "NeedMore")]
    [InlineData("SS", "NeedMore")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "ssh")]
    [InlineData("GET / HTTP/1.1\r\n", "None")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001", "NeedMore")]
    public void The_example_tells_ssh_from_http(string bytes, string expected) =>
        Assert.Equal(expected, Match(Facts(Bytes(bytes)), Https).Text());

    [Fact]
    public void Names_outrank_each_other_by_their_form_and_suffix()
    {
        RouteModel[] ranked =
        [
            Sni("z9", "a.b.c"),
            Sni("z8", "{x}.b.c"),
            Sni("z7", "*.b.c"),
            Sni("z6", "{**x}.c"),
            Route("z5", new L4Match { SniRegex = [".*c"] }),
            Sni("z4", "*"),
            Route("z3"),
        ];
        for (var i = 0; i < ranked.Length; i++)
            Assert.Equal(ranked[i].Id, Match(Facts(Hello("a.b.c")), [.. ranked[i..].Reverse()]).Text());
    }

    [Fact]
    public void Tls_without_a_name_has_a_route_of_its_own()
    {
        RouteModel[] routes = [Sni("any", "*"), Sni("none", ""), Route("rest")];

        Assert.Equal("none", Match(Facts(Hello(null)), routes).Text());
        Assert.Equal("any", Match(Facts(Hello("a")), routes).Text());
        Assert.Equal("rest", Match(Facts(Bytes("SSH-")), routes).Text());
        Assert.Equal("rest", Match(Facts(Hello("10.0.0.1")), routes).Text());
    }

    [Fact]
    public void Order_comes_before_the_name()
    {
        RouteModel[] routes = [Sni("exact", "a.b"), Sni("any", "*", order: -1)];

        Assert.Equal("any", Match(Facts(Hello("a.b")), routes).Text());
    }

    [Fact]
    public void More_conditions_come_before_the_id()
    {
        RouteModel[] routes = [Sni("a", "a.b"), Route("b", new L4Match { Sni = ["a.b"], Alpn = ["h2"] }), Sni("c", "a.b")];

        Assert.Equal("b", Match(Facts(Hello("a.b", "h2")), routes).Text());
        Assert.Equal("a", Match(Facts(Hello("a.b", "http/1.1")), routes).Text());
    }

    [Fact]
    public void Ids_are_compared_ordinally() =>
        Assert.Equal("B", Match(Facts(Hello("x")), Sni("a", "x"), Sni("B", "x")).Text());

    [Fact]
    public void Each_name_of_a_route_has_its_own_rank()
    {
        RouteModel[] routes = [Sni("a", "*.c x.c"), Sni("b", "{y}.c")];

        Assert.Equal("a", Match(Facts(Hello("x.c")), routes).Text());
        Assert.Equal("b", Match(Facts(Hello("y.c")), routes).Text());
        Assert.Equal("a", Match(Facts(Hello("y.y.c")), routes).Text());
    }

    [Fact]
    public void A_name_and_an_expression_must_both_match()
    {
        RouteModel[] routes = [Route("a", new L4Match { Sni = ["*.c"], SniRegex = ["[0-9]+.c", "b.*"] })];

        Assert.Equal("a", Match(Facts(Hello("7.c")), routes).Text());
        Assert.Equal("a", Match(Facts(Hello("b.c")), routes).Text());
        Assert.Equal("None", Match(Facts(Hello("a.c")), routes).Text());
    }

    [Fact]
    public void Versions_are_matched_by_any_that_is_offered()
    {
        Assert.Equal("a", Match(Facts(Hello("x")), Route("a", new L4Match { TlsVersions = ["1.1", "1.2"] })).Text());
        Assert.Equal("None", Match(Facts(Hello("x")), Route("a", new L4Match { TlsVersions = ["1.0"] })).Text());
    }

    [Fact]
    public void A_route_without_conditions_on_bytes_needs_none()
    {
        var table = RouteTable.Create([Route("a", new L4Match { ClientAddresses = ["192.0.2.0/24"], LocalPorts = ["443"] })]);

        Assert.True(table.Protocols.IsEmpty);
        Assert.Equal("a", table.Match(Facts(), noMoreBytes: false).Text());
        Assert.Equal("None", table.Match(Facts(port: 444), noMoreBytes: false).Text());
        Assert.Equal("None", table.Match(Facts(client: "203.0.113.1"), noMoreBytes: false).Text());
    }

    [Fact]
    public void A_route_that_outranks_every_undecided_one_wins_at_once()
    {
        RouteModel[] routes = [Sni("name", "a.b"), Route("first", order: -1)];

        Assert.False(RouteTable.Create(routes).Protocols.IsEmpty);
        Assert.Equal("first", Match(Facts(), routes).Text());
    }

    [Fact]
    public void An_undecided_route_that_is_excluded_otherwise_is_not_waited_for()
    {
        RouteModel[] routes = [Route("name", new L4Match { Sni = ["a.b"], LocalPorts = ["8000-8099"] }), Route("rest")];

        Assert.Equal("rest", Match(Facts(port: 443), routes).Text());
        Assert.Equal("NeedMore", Match(Facts(port: 8000), routes).Text());
    }

    [Fact]
    public void When_no_more_bytes_come_the_best_that_needs_none_wins()
    {
        var table = RouteTable.Create([Sni("name", "*"), Route("ssh", new L4Match { Protocols = ["ssh"] }), Route("rest")]);

        Assert.Equal("NeedMore", table.Match(Facts(), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Facts(), noMoreBytes: true).Text());
        Assert.Equal("rest", table.Match(Facts(Bytes("\u0016\u0003")), noMoreBytes: true).Text());
    }

    [Fact]
    public void Tls_by_protocol_needs_no_whole_hello() =>
        Assert.Equal("tls", Match(Facts(Bytes("\u0016\u0003\u0001\u0002\0\u0001")), Route("tls", new L4Match { Protocols = ["tls"] })).Text());

    [Fact]
    public void No_address_matches_no_range()
    {
        var facts = new ConnectionFacts { LocalPort = 0 };

        Assert.Equal("None", Match(facts, Route("a", new L4Match { ClientAddresses = ["0.0.0.0/0", "::/0"] })).Text());
        Assert.Equal("None", Match(facts, Route("a", new L4Match { LocalAddresses = ["0.0.0.0/0", "::/0"] })).Text());
    }

    [Fact]
    public void An_empty_table_matches_nothing()
    {
        var table = RouteTable.Create([]);

        Assert.True(table.Protocols.IsEmpty);
        Assert.Equal("None", table.Match(Facts(), noMoreBytes: false).Text());
        Assert.Empty(table.FindUnreachable());
    }

    [Fact]
    public void The_pattern_that_won_captures()
    {
        var match = Match(Facts(Hello("vm7.example.com")), Sni("a", "{**other}.com {instance}.example.com"));
        var captures = match.GetCaptures("vm7.example.com");

        Assert.True(captures.TryGet("instance", out var value));
        Assert.Equal("vm7", value.ToString());
        Assert.False(captures.TryGet("other", out _));
        Assert.False(match.GetCaptures(serverName: null).TryGet("instance", out _));
        Assert.False(default(RouteMatch).GetCaptures("a").TryGet("instance", out _));
    }

    [Fact]
    public void The_expression_beside_a_name_captures_too()
    {
        var match = Match(Facts(Hello("vm7.c")), Route("a", new L4Match { Sni = ["{x}.c"], SniRegex = ["nothing", @"vm(?<n>\d+)\.c"] }));
        var captures = match.GetCaptures("vm7.c");

        Assert.True(captures.TryGet("x", out var x));
        Assert.True(captures.TryGet("n", out var n));
        Assert.Equal("vm7 7", $"{x} {n}");
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("x")]
    public void A_match_that_the_validator_would_refuse_throws(string range) =>
        Assert.Throws<ArgumentException>(() => RouteTable.Create([Route("a", new L4Match { ClientAddresses = [range] })]));

    [Fact]
    public void An_empty_list_lets_nothing_through()
    {
        L4Match[] empty =
        [
            new() { Sni = [] }, new() { SniRegex = [] }, new() { Alpn = [] }, new() { TlsVersions = [] }, new() { Protocols = [] },
            new() { ClientAddresses = [] }, new() { LocalAddresses = [] }, new() { LocalPorts = [] },
        ];
        foreach (var match in empty)
        {
            var table = RouteTable.Create([Route("a", match), Route("b", match)]);
            Assert.Equal("None", table.Match(Facts(Hello("x", "h2")), noMoreBytes: false).Text());
            _ = table.FindUnreachable();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_look_up_allocates_nothing(int scale)
    {
        var table = RouteTable.Create(
        [
            .. Enumerable.Range(0, 10 * scale).Select(i => Sni($"exact{i}", $"host{i}.example.com")),
            .. Enumerable.Range(0, 10 * scale).Select(i => Sni($"suffix{i}", $"*.zone{i}.example.org")),
            .. Enumerable.Range(0, 10).Select(i => Route($"port{i}", new L4Match { LocalPorts = [$"{i + 1}"] })),
            Sni("labels", "{x}.{y}.example.net"),
            Route("alpn", new L4Match { Alpn = ["mqtt"], ClientAddresses = ["10.0.0.0/8", "2001:db8::/32"], LocalAddresses = ["10.0.0.0/8"] }),
            Route("regex", new L4Match { SniRegex = [@"(?<x>[a-z]+)-\d+\.example\.edu"] }),
            Route("ssh", new L4Match { Protocols = ["ssh"] }),
        ]);
        ConnectionFacts[] connections =
        [
            Facts(), Facts(port: 3), Facts(Bytes("SSH-")), Facts(Bytes("\u0016\u0003")), Facts(Hello(null)), Facts(Hello("10.0.0.1")),
            Facts(Hello("host7.example.com", "h2", "http/1.1")), Facts(Hello("a.b.zone7.example.org")), Facts(Hello("a.b.example.net")),
            Facts(Hello("abc-99.example.edu")), Facts(Hello("nowhere", "mqtt"), client: "2001:db8::5", local: "10.0.0.1"),
        ];
        string[] expected = ["NeedMore", "NeedMore", "ssh", "NeedMore", "None", "None", "exact7", "suffix7", "labels", "regex", "alpn"];
        Assert.Equal(expected, connections.Select(facts => table.Match(facts, noMoreBytes: false).Text()));

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (var facts in connections)
            {
                _ = table.Match(facts, noMoreBytes: false);
                _ = table.Match(facts, noMoreBytes: true);
            }
        }, times: 100));
    }
}
