using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

public class PostgresConditionTests
{
    // psql: user alice, database shop.
    private static readonly byte[] s_startup = PrefaceCorpus.Named("postgres").First(bytes => bytes.Length > 16);
    private static readonly byte[] s_sslRequest = PrefaceCorpus.Named("postgres").First(bytes => bytes.Length == 8);

    [Theory]
    [InlineData("shop", null, true)]
    [InlineData("x,sh*", "alice", true)]
    [InlineData("shop", "bob", false)]
    [InlineData("Shop", null, false)]
    [InlineData(null, "al*", true)]
    [InlineData(null, null, true)]
    public void Lists_are_or_and_fields_are_and(string? database, string? user, bool holds)
    {
        var route = Postgres("a", database, user);

        Assert.Equal("NeedMore", Match(Facts(), route).Text());
        Assert.Equal("NeedMore", Match(Facts(AllParsers.Inspect(s_startup.AsSpan(0, 20))), route).Text());
        Assert.Equal(holds ? "a" : "None", Match(Facts(AllParsers.Inspect(s_startup)), route).Text());
    }

    [Fact]
    public void Who_asks_for_TLS_first_has_named_nobody_but_is_there()
    {
        var asks = Facts(AllParsers.Inspect(s_sslRequest));

        Assert.Equal("None", Match(asks, Postgres("a", "*", null), Postgres("b", null, "*")).Text());
        Assert.Equal("any", Match(asks, Postgres("a", "*", null), Postgres("any", null, null)).Text());
        Assert.Equal("""a: Postgres: wanted {"Database":["*"]}, saw SSLRequest, which names neither""", RouteTable.Create([Postgres("a", "*", null)]).Explain(asks));
    }

    [Fact]
    public void A_narrower_route_behind_a_wider_one_can_never_win()
    {
        var table = RouteTable.Create([Postgres("a", "x,y*", null, order: -1), Postgres("b", "y*", "u"), Postgres("c", "z", null)]);

        Assert.Equal([("b", "a")], table.FindUnreachable());
    }

    private static RouteModel Postgres(string id, string? database, string? user, int? order = null) =>
        Route(id, new L4Match { Postgres = new() { Database = database?.Split(','), User = user?.Split(',') } }, order);
}
