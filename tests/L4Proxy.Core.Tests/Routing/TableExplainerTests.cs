using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Routing.Explaining;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>What is said of every route of a table.</summary>
public class TableExplainerTests
{
    [Fact]
    public void What_it_says_is_what_happens()
    {
        var standings = new int[Enum.GetValues<L4RouteStanding>().Length];

        Gen.Select(RandomRoutes.Table, RandomRoutes.Connection.Array[1, 20]).Sample(
            (routes, connections) =>
            {
                var naive = new NaiveRouteTable(routes);
                foreach (var facts in connections.Select(connection => connection.Facts))
                {
                    var explained = TableExplainer.Explain(RouteTable.Create(routes), facts);
                    Assert.Equal(naive.Match(facts, noMoreBytes: false) == "NeedMore", explained.Waits);
                    Assert.Equal(naive.Match(facts, noMoreBytes: true), explained.Winner?.Route.Id ?? "None");
                    Assert.Equal(routes.Select(route => route.Id).Order(), explained.Verdicts.Select(verdict => verdict.RouteId).Order());
                    foreach (var (id, standing, reason) in explained.Verdicts)
                    {
                        Interlocked.Increment(ref standings[(int)standing]);
                        Assert.Equal(standing == L4RouteStanding.Wins, reason.Length == 0);
                        Assert.Equal(standing == L4RouteStanding.Wins, id == explained.Winner?.Route.Id);
                        var alone = new NaiveRouteTable([.. routes.Where(route => route.Id == id)]).Match(facts, noMoreBytes: false);
                        Assert.Equal(standing == L4RouteStanding.Excluded, alone == "None");
                        Assert.True(standing != L4RouteStanding.WaitedFor || (explained.Waits && alone == "NeedMore"));
                    }
                }
            },
            iter: 600);

        Assert.All(standings, count => Assert.True(count > 200));
    }

    [Theory]
    [InlineData("lower Order, -1 before 0", "first -1 *", "second 0 a.b")]
    [InlineData("more specific name, an exact one before captured labels and 1 more", "first 0 a.b", "second 0 {x}.b")]
    [InlineData("more specific name, captured labels and 1 more before a wildcard and 1 labels", "first 0 {x}.b", "second 0 *.b")]
    [InlineData("more specific name, any before no condition on it", "first 0 *", "second 0")]
    [InlineData("the ids decide, in the order of their characters", "first 0 a.b", "second 0 a.b")]
    public void Why_one_comes_first(string why, params string[] routes)
    {
        var explained = TableExplainer.Explain(RouteTable.Create([.. routes.Select(Read)]), Facts(Hello("a.b")));

        Assert.Equal([new("first", L4RouteStanding.Wins, ""), new("second", L4RouteStanding.ComesAfter, $"'first' comes first: {why}")], explained.Verdicts);

        static RouteModel Read(string text) => text.Split(' ') is [var id, var order, .. var names]
            ? Route(id, names.Length == 0 ? null : new L4Match { Sni = names }, int.Parse(order, System.Globalization.CultureInfo.InvariantCulture)) : throw new ArgumentException(text);
    }

    [Fact]
    public void More_conditions_come_first() => Assert.Equal(
        "'b' comes first: more conditions, 2 before 1",
        TableExplainer.Explain(
            RouteTable.Create([Sni("a", "x.c"), Route("b", new L4Match { Sni = ["x.c"], LocalPorts = ["443"] })]), Facts(Hello("x.c"))).Verdicts[1].Reason);

    [Fact]
    public void A_name_inside_of_AnyOf_is_a_name_too()
    {
        var inside = Route("inside", new L4Match { AnyOf = [new L4Match { Sni = ["a.b"] }] });

        Assert.Equal(
            [new("inside", L4RouteStanding.Wins, ""), new("wild", L4RouteStanding.ComesAfter, "'inside' comes first: more specific name, an exact one before a wildcard and 1 labels")],
            TableExplainer.Explain(RouteTable.Create([Sni("wild", "*.b"), inside]), Facts(Hello("a.b"))).Verdicts);
        Assert.Equal(
            "'inside' comes first: the ids decide, in the order of their characters",
            TableExplainer.Explain(RouteTable.Create([Sni("named", "a.b"), inside]), Facts(Hello("a.b"))).Verdicts[1].Reason);
    }

    [Fact]
    public void Of_several_conditions_the_one_that_excludes_it_is_named_and_not_one_that_is_only_not_known()
    {
        var verdict = Assert.Single(TableExplainer.Explain(
            RouteTable.Create([Route("a", new L4Match { Sni = ["a.b"], LocalPorts = ["1"], Protocols = ["tls"] })]), Facts()).Verdicts);

        Assert.Equal(new("a", L4RouteStanding.Excluded, """LocalPorts: wanted ["1"], saw 443"""), verdict);
    }

    [Fact]
    public void What_is_waited_for_is_what_could_still_win()
    {
        RouteModel[] routes = [Sni("named", "a.b"), Route("ssh", new L4Match { Protocols = ["ssh"] }), Route("rest"), Route("late", new L4Match { Protocols = ["http"] }, order: 1)];

        var explained = TableExplainer.Explain(RouteTable.Create(routes), Facts());

        Assert.True(explained.Waits);
        Assert.Equal(
            [
                new("named", L4RouteStanding.WaitedFor, """Sni: wanted ["a.b"], not given"""),
                new("ssh", L4RouteStanding.WaitedFor, """Protocols: wanted ["ssh"], not given"""),
                new("rest", L4RouteStanding.Wins, ""),
                new("late", L4RouteStanding.ComesAfter, "'rest' comes first: lower Order, 0 before 1"),
            ],
            explained.Verdicts);
    }

    [Fact]
    public void An_address_that_was_not_given_is_said_to_be()
    {
        var match = new L4Match { ClientAddresses = ["10.0.0.0/8"], LocalAddresses = ["10.0.0.1"] };
        var facts = new ConnectionFacts { LocalPort = 443, Preface = AllParsers.Inspect("GET / "u8) };

        Assert.Equal("""ClientAddresses: wanted ["10.0.0.0/8"], not given""", Assert.Single(TableExplainer.Explain(RouteTable.Create([Route("a", match)]), facts).Verdicts).Reason);
        Assert.Equal(
            """LocalAddresses: wanted ["10.0.0.1"], not given""",
            Assert.Single(TableExplainer.Explain(RouteTable.Create([Route("a", match with { ClientAddresses = null })]), facts).Verdicts).Reason);
    }
}
