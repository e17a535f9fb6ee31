using System.Collections.Concurrent;
using CsCheck;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

public class RouteTablePropertyTests
{
    [Fact]
    public void The_table_finds_what_trying_every_route_in_order_finds()
    {
        var outcomes = new ConcurrentDictionary<string, int>();

        Gen.Select(RandomRoutes.Table, RandomRoutes.Connection.Array[1, 99]).Sample(
            (routes, connections) =>
            {
                var table = RouteTable.Create(routes);
                var naive = new NaiveRouteTable(routes);
                foreach (var facts in connections.Select(connection => connection.Facts))
                {
                    foreach (var noMoreBytes in (bool[])[false, true])
                    {
                        var expected = naive.Match(facts, noMoreBytes);
                        Assert.Equal(expected, table.Match(facts, noMoreBytes).Text());
                        outcomes.AddOrUpdate(expected.StartsWith('r') ? "Found" : expected, 1, (_, count) => count + 1);
                    }
                }
            },
            iter: 1200, print: Print);

        Assert.All((string[])["Found", "None", "NeedMore"], kind => Assert.True(outcomes.GetValueOrDefault(kind) > 4000, kind));
    }

    [Fact]
    public void What_is_found_early_is_what_is_found_late()
    {
        var bytes = new HelloBuilder().WithServerName("a.b.c").WithAlpn("h2").WithVersions(0x0304).Bytes();

        Gen.Select(RandomRoutes.Table, RandomRoutes.Connection).Sample(
            (routes, connection) =>
            {
                var table = RouteTable.Create(routes);
                var facts = connection.Facts;
                string? found = null;
                for (var length = 0; length <= bytes.Length; length++)
                {
                    var preface = AllParsers.Inspect(bytes.AsSpan(0, length));
                    var match = table.Match(facts with { Preface = preface, ProxyHeader = null, Bytes = bytes.AsMemory(0, length) }, noMoreBytes: false).Text();
                    Assert.True(found is null || found == match);
                    found = match == "NeedMore" ? null : match;
                }

                Assert.NotNull(found);
            },
            iter: 600, print: of => Print((of.Item1, [of.Item2])));
    }

    [Fact]
    public void An_unreachable_route_never_wins()
    {
        var count = 0;

        Gen.Select(RandomRoutes.Table, RandomRoutes.Connection.Array[1, 199]).Sample(
            (routes, connections) =>
            {
                var table = RouteTable.Create(routes);
                var unreachable = table.FindUnreachable();
                Interlocked.Add(ref count, unreachable.Count);
                foreach (var facts in unreachable.Count > 0 ? connections.Select(connection => connection.Facts) : [])
                {
                    var winners = new[] { table.Match(facts, noMoreBytes: false).Text(), table.Match(facts, noMoreBytes: true).Text() };
                    Assert.DoesNotContain(unreachable, pair => winners.Contains(pair.RouteId));
                }
            },
            iter: 1200, print: Print);

        Assert.InRange(count, 100, int.MaxValue);
    }

    private static string Print((RouteModel[] Routes, RandomConnection[] Connections) of) =>
        $"{RandomRoutes.Print(of.Routes)}\n{string.Join('\n', of.Connections.AsEnumerable())}";
}
