using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Routing.Conditions;
using L4Proxy.Routing.Matchers;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Matches inside of others, and what an earlier route holds back.</summary>
public class NestedMatchTests
{
    [Theory]
    [InlineData("10.0.0.1", "rest")]
    [InlineData("11.0.0.1", "r")]
    public void Not_is_the_opposite_at_once_where_no_bytes_are_asked_for(string client, string expected) =>
        Assert.Equal(expected, Match(Facts(client: client), Route("r", Not(new() { ClientAddresses = ["10.0.0.0/8"] })), Route("rest")).Text());

    [Theory]
    [InlineData("", "NeedMore", "r")]
    [InlineData("SS", "NeedMore", "r")]
    [InlineData("SSH-2.0-x\r\n", "rest", "rest")]
    [InlineData("GET / ", "r", "r")]
    public void Not_waits_while_bytes_can_change_it_and_holds_where_they_never_came(string bytes, string before, string atTheEnd)
    {
        var table = RouteTable.Create([Route("r", Not(new() { Protocols = ["ssh"] })), Route("rest")]);
        var facts = Facts(AllParsers.Inspect(System.Text.Encoding.Latin1.GetBytes(bytes)));

        Assert.Equal(before, table.Match(facts, noMoreBytes: false).Text());
        Assert.Equal(atTheEnd, table.Match(facts, noMoreBytes: true).Text());
    }

    [Fact]
    public void Not_of_not_is_the_match()
    {
        var table = RouteTable.Create([Route("r", Not(Not(new() { Protocols = ["ssh"] }))), Route("rest")]);

        Assert.Equal("NeedMore", table.Match(Facts(), noMoreBytes: false).Text());
        Assert.Equal("r", table.Match(Facts(AllParsers.Inspect("SSH-2.0-x\r\n"u8)), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Facts(), noMoreBytes: true).Text());
    }

    [Fact]
    public void Not_of_several_fields_is_not_of_all_of_them()
    {
        RouteModel[] routes = [Route("r", Not(new() { Sni = ["*.a.test"], Alpn = ["h2"] })), Route("rest")];

        Assert.Equal("rest", Match(Facts(Hello("x.a.test", "h2")), routes).Text());
        Assert.Equal("r", Match(Facts(Hello("x.a.test", "http/1.1")), routes).Text());
        Assert.Equal("r", Match(Facts(Hello("x.b.test", "h2")), routes).Text());
    }

    [Theory]
    [InlineData("x.a.test", "r")]
    [InlineData("b7.test", "r")]
    [InlineData("c.test", "rest")]
    [InlineData("10.0.0.1", "rest")] // Which is no name.
    [InlineData(null, "r")]
    public void AnyOf_has_names_like_any_condition(string? name, string expected) => Assert.Equal(expected, Match(
        Facts(Hello(name)), Route("r", AnyOf(new() { Sni = ["{x}.a.test", ""] }, new() { SniRegex = ["b[0-9].test"] })), Route("rest")).Text());

    [Fact]
    public void AnyOf_is_decided_by_the_first_that_holds_and_waits_for_the_others()
    {
        var table = RouteTable.Create([Route("r", AnyOf(new() { ClientAddresses = ["10.0.0.0/8"] }, new() { Protocols = ["ssh"] })), Route("rest")]);

        Assert.Equal("r", table.Match(Facts(client: "10.0.0.1"), noMoreBytes: false).Text());
        Assert.Equal("NeedMore", table.Match(Facts(), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Facts(), noMoreBytes: true).Text());
        Assert.Equal("rest", table.Match(Facts(AllParsers.Inspect("GET / "u8)), noMoreBytes: false).Text());
    }

    [Fact]
    public void AnyOf_ranks_by_its_least_specific_member()
    {
        var suffix = Route("b", new() { Sni = ["*.test"] });
        // Least: exact, and so before the suffix. Least: any name, and so behind it.
        Assert.Equal("z", Match(Facts(Hello("a.test")), suffix, Route("z", AnyOf(new() { Sni = ["a.test"] }, new() { Sni = ["b.test"] }))).Text());
        Assert.Equal("b", Match(Facts(Hello("a.test")), suffix, Route("a", AnyOf(new() { Sni = ["a.test"] }, new() { Sni = ["*"] }))).Text());
        Assert.Equal("b", Match(Facts(Hello("a.test")), suffix, Route("a", AnyOf(new L4Match { Sni = ["a.test", "*"] }))).Text());
        Assert.Equal("b", Match(Facts(Hello("a.test")), suffix, Route("a", AnyOf(new() { Sni = ["a.test"] }, new() { LocalPorts = ["443"] }))).Text());
    }

    [Fact]
    public void AnyOf_is_one_condition()
    {
        var two = Route("b", new() { LocalPorts = ["443"], ClientAddresses = ["192.0.2.1"] });
        Assert.Equal("b", Match(Facts(), Route("a", AnyOf(new() { LocalPorts = ["443"] }, new() { LocalPorts = ["444"] }, new() { LocalPorts = ["445"] })), two).Text());
    }

    [Fact]
    public void Inside_not_a_name_makes_nothing_more_specific() =>
        Assert.Equal("b", Match(Facts(Hello("a.test")), Route("a", Not(new() { Sni = ["b.test"] })), Sni("b", "*")).Text());

    [Fact]
    public void What_holds_for_fewer_is_never_reached_behind_what_holds_for_more()
    {
        RouteModel[] routes =
        [
            Route("any", AnyOf(new() { Sni = ["*.a.test"] }, new() { Protocols = ["ssh", "http"] }), order: 1),
            Route("fewer", AnyOf(new() { Sni = ["x.a.test"] }, new() { Protocols = ["http"] }), order: 2),
            Route("more", AnyOf(new() { Sni = ["x.a.test"] }, new() { Protocols = ["redis"] }), order: 3),
            Route("not", Not(new() { LocalPorts = ["1-9"] }), order: 4),
            Route("not more", Not(new() { LocalPorts = ["1-99"] }), order: 5),
            Route("not fewer", Not(new() { LocalPorts = ["1-5"] }), order: 6),
        ];

        Assert.Equal([("fewer", "any"), ("not more", "not")], RouteTable.Create(routes).FindUnreachable());
    }

    [Fact]
    public void An_undecided_route_holds_a_later_one_back_only_while_it_can_win()
    {
        var nested = Route("nested", new() { LocalPorts = ["443"], AnyOf = [new() { Bytes = [new() { Text = "ab" }] }, new() { Protocols = ["ssh"] }] });
        var table = RouteTable.Create([nested, Route("rest")]);

        Assert.Equal("rest", table.Match(Facts(port: 444), noMoreBytes: false).Text());
        Assert.Equal("NeedMore", table.Match(Facts(), noMoreBytes: false).Text());
        Assert.Equal("NeedMore", table.Match(Of("a"), noMoreBytes: false).Text());
        Assert.Equal("nested", table.Match(Of("ab"), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Of("b"), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Of("a"), noMoreBytes: true).Text());
        // One that outranks it is not held back.
        Assert.Equal("first", Match(Facts(), nested, Route("first", order: -1)).Text());
    }

    [Fact]
    public void Where_nobody_asks_for_bytes_no_one_waits()
    {
        var table = RouteTable.Create([Route("r", AnyOf(new() { Not = new() { ClientAddresses = ["10.0.0.0/8"] } }, new() { LocalPorts = ["1"] }))]);

        Assert.True(table.Protocols.IsEmpty);
        Assert.True(table.Needs.Addresses);
        Assert.Equal("r", table.Match(Facts(), noMoreBytes: false).Text());
    }

    [Fact]
    public void A_matcher_is_asked_when_the_rest_is_decided_and_no_better_route_is_open()
    {
        var sources = ConditionSources.Default with { Matchers = new([new Never()]) };
        RouteModel Custom(string id, L4Match match, int order) => new() { Id = id, Config = new() { Match = match, Order = order }, Sources = sources };
        var custom = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["never"] = new Dictionary<string, string>() };
        RouteModel[] routes =
        [
            Route("ssh", new() { Protocols = ["ssh"] }, order: 0),
            Custom("plain", new() { Bytes = [new() { Text = "a" }], Custom = custom }, order: 1),
            Custom("not", new() { Not = new() { LocalPorts = ["443"], Custom = custom } }, order: 2),
            Route("rest", order: 3),
        ];
        var table = RouteTable.Create(routes);
        var answers = new MatcherAnswers(due: 0);

        Assert.Equal(RouteMatchStatus.NeedMore, table.Match(Facts() with { Answers = answers }, noMoreBytes: false).Status);
        Assert.Equal("plain", Answer(holds: false));
        Assert.Equal("not", Answer(holds: true));
        Assert.Equal("rest", table.Match(Of("a") with { Answers = answers }, noMoreBytes: false).Text());
        // Without an answer inside of it, Not still knows where something else in it does not hold.
        Assert.Equal("not", table.Match(Of("b") with { LocalPort = 1 }, noMoreBytes: false).Text());

        string? Answer(bool holds)
        {
            var match = table.Match(Of("a") with { Answers = answers }, noMoreBytes: false);
            Assert.Null(match.Route);
            answers.Add(match.Asking!.Match.NextQuestion(Of("a") with { Answers = answers })!, holds);
            return match.Asking.Id;
        }
    }

    [Fact]
    public void Each_says_what_it_saw()
    {
        var facts = Facts(Hello("b.test", "h2")) with { Bytes = "\u0016\u0003"u8.ToArray() };
        var explained = RouteTable.Create([Route("r", new()
        {
            Bytes = [new() { Hex = "17" }], Not = new() { Sni = ["b.test"] }, AnyOf = [new() { Sni = ["a.test"] }, new() { Alpn = ["h3"], LocalPorts = ["1"] }],
        })]).Explain(facts);

        Assert.Equal(
            """r: Bytes: wanted [{"Hex":"17"}], saw 1603, Not: wanted {"Sni":["b.test"]}, saw just that, """
            + """AnyOf: wanted [{"Sni":["a.test"]},{"Alpn":["h3"],"LocalPorts":["1"]}], saw Sni b.test; LocalPorts 443, Alpn h2""", explained);
    }

    [Fact]
    public void To_look_allocates_nothing()
    {
        var table = RouteTable.Create([Route("r", new() { Not = new() { Sni = ["b.test"] }, AnyOf = [new() { Sni = ["*.a.test"] }, new() { SniRegex = ["c.*"] }] }), Route("rest")]);
        var facts = Facts(Hello("d.test"));
        table.Match(facts, noMoreBytes: false);

        Assert.Equal(0, Allocated.By(() => _ = table.Match(facts, noMoreBytes: true), times: 1_000));
    }

    private static L4Match Not(L4Match match) => new() { Not = match };

    private static L4Match AnyOf(params L4Match[] matches) => new() { AnyOf = matches };

    private static ConnectionFacts Of(string bytes)
    {
        var all = System.Text.Encoding.Latin1.GetBytes(bytes);
        return Facts(AllParsers.Inspect(all)) with { Bytes = all };
    }

    private sealed class Never : IL4ConnectionMatcher
    {
        public string Name => "Never";

        public ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }
}
