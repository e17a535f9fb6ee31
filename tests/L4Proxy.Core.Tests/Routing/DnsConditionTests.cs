using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

public class DnsConditionTests
{
    // dig: Example.ORG HTTPS.
    private static readonly byte[] s_query = Convert.FromHexString("453001200001000000000000074578616d706c65034f52470000410001");

    [Theory]
    [InlineData("example.org", null, true)]
    [InlineData("EXAMPLE.org.", "https", true)]
    [InlineData("*.org", "A,TYPE65", true)]
    [InlineData("*.example.org", null, false)]
    [InlineData("example.org", "A,AAAA", false)]
    [InlineData(null, "*", true)]
    [InlineData(null, null, true)]
    public void Names_in_any_case_and_types_by_name_or_number(string? names, string? types, bool holds)
    {
        var route = Dns("a", names, types);
        byte[] stream = [0, (byte)s_query.Length, .. s_query];

        Assert.Equal(holds ? "a" : "None", Match(Facts(AllParsers.InspectDatagram(s_query)), route).Text());
        Assert.Equal(holds ? "a" : "None", Match(Facts(AllParsers.Inspect(stream)), route).Text());
        Assert.Equal("NeedMore", Match(Facts(AllParsers.Inspect(stream.AsSpan(0, 20))), route).Text());
    }

    [Fact]
    public void It_says_what_was_asked_for() => Assert.Equal(
        """a: Dns: wanted {"Types":["A"]}, saw example.org HTTPS""", RouteTable.Create([Dns("a", null, "A")]).Explain(Facts(AllParsers.InspectDatagram(s_query))));

    [Fact]
    public void A_narrower_route_behind_a_wider_one_can_never_win() =>
        Assert.Equal([("b", "a")], RouteTable.Create([Dns("a", "x.", "TYPE1,MX", order: -1), Dns("b", "X", "a"), Dns("c", "x", "TXT")]).FindUnreachable());

    private static RouteModel Dns(string id, string? names, string? types, int? order = null) =>
        Route(id, new L4Match { Dns = new() { Names = names?.Split(','), Types = types?.Split(',') } }, order);
}
