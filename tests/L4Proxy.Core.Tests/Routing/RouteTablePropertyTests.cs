using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

public class RouteTablePropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_table_finds_what_trying_every_route_in_order_finds(int seed)
    {
        var random = new RandomRoutes(seed);
        var outcomes = new Dictionary<string, int>();
        for (var i = 0; i < 300; i++)
        {
            var routes = random.Table();
            var table = RouteTable.Create(routes);
            var naive = new NaiveRouteTable(routes);
            for (var j = 0; j < 50; j++)
            {
                var facts = random.Facts();
                foreach (var noMoreBytes in (bool[])[false, true])
                {
                    var expected = naive.Match(facts, noMoreBytes);
                    Assert.Equal(expected, table.Match(facts, noMoreBytes).Text());
                    var kind = expected.StartsWith('r') ? "Found" : expected;
                    outcomes[kind] = outcomes.GetValueOrDefault(kind) + 1;
                }
            }
        }

        Assert.All((string[])["Found", "None", "NeedMore"], kind => Assert.True(outcomes.GetValueOrDefault(kind) > 1000, kind));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void What_is_found_early_is_what_is_found_late(int seed)
    {
        var random = new RandomRoutes(seed);
        for (var i = 0; i < 300; i++)
        {
            var table = RouteTable.Create(random.Table());
            var facts = random.Facts();
            var bytes = new Prefaces.HelloBuilder().WithServerName("a.b.c").WithAlpn("h2").WithVersions(0x0304).Bytes();
            string? found = null;
            for (var length = 0; length <= bytes.Length; length++)
            {
                var match = table.Match(
                    new ConnectionFacts
                    {
                        ClientAddress = facts.ClientAddress,
                        LocalAddress = facts.LocalAddress,
                        LocalPort = facts.LocalPort,
                        Preface = PrefaceInspector.Inspect(bytes.AsSpan(0, length)),
                    },
                    noMoreBytes: false).Text();
                Assert.True(found is null || found == match);
                found = match == "NeedMore" ? null : match;
            }

            Assert.NotNull(found);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void An_unreachable_route_never_wins(int seed)
    {
        var random = new RandomRoutes(seed);
        var count = 0;
        for (var i = 0; i < 600; i++)
        {
            var table = RouteTable.Create(random.Table());
            var unreachable = table.FindUnreachable();
            count += unreachable.Count;
            for (var j = 0; j < 100 && unreachable.Count > 0; j++)
            {
                var facts = random.Facts();
                var winners = new[] { table.Match(facts, noMoreBytes: false).Text(), table.Match(facts, noMoreBytes: true).Text() };
                Assert.DoesNotContain(unreachable, pair => winners.Contains(pair.RouteId));
            }
        }

        Assert.InRange(count, 50, int.MaxValue);
    }
}
