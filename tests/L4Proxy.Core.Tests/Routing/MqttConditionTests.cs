using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

public class MqttConditionTests
{
    private static readonly byte[] s_connect = Convert.FromHexString("102500044d51545404c2003c000973656e736f722d31370006706c616e74370006736563726574");

    [Theory]
    [InlineData("sensor-17", null, null, true)]
    [InlineData("sensor-*", null, null, true)]
    [InlineData("a,sensor-*", "plant7", "3.1.1", true)]
    [InlineData("sensor-*", "plant8", null, false)]
    [InlineData("Sensor-17", null, null, false)]
    [InlineData(null, "plant*", null, true)]
    [InlineData(null, null, "5,3.1", false)]
    [InlineData(null, null, "3*", true)]
    [InlineData(null, null, null, true)]
    public void Lists_are_or_and_fields_are_and(string? clientId, string? userName, string? version, bool holds)
    {
        var route = Mqtt("a", clientId, userName, version);

        Assert.Equal("NeedMore", Match(Facts(), route).Text());
        Assert.Equal("NeedMore", Match(Facts(AllParsers.Inspect(s_connect.AsSpan(0, 20))), route).Text());
        Assert.Equal(holds ? "a" : "None", Match(Facts(AllParsers.Inspect(s_connect)), route).Text());
    }

    [Theory]
    [InlineData("SSH-2.0-x\r\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    public void Who_speaks_something_else_is_not_waited_for(string text) =>
        Assert.Equal("None", Match(Facts(AllParsers.Inspect(System.Text.Encoding.ASCII.GetBytes(text))), Mqtt("a", "*", null, null)).Text());

    [Fact]
    public void Without_a_user_name_no_pattern_of_it_fits()
    {
        var anonymous = Facts(AllParsers.Inspect(Convert.FromHexString("101000044d5154540502003c032100140000")));

        Assert.Equal("None", Match(anonymous, Mqtt("a", null, "*", null)).Text());
        Assert.Equal("a", Match(anonymous, Mqtt("a", "", null, "5")).Text());
    }

    [Fact]
    public void A_narrower_route_behind_a_wider_one_can_never_win()
    {
        var table = RouteTable.Create([Mqtt("a", "x,y*", null, "5", order: -1), Mqtt("b", "y*", "u", "5"), Mqtt("c", "z", null, "5")]);

        Assert.Equal([("b", "a")], table.FindUnreachable());
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var table = RouteTable.Create([Mqtt("a", "nobody,sensor-*", "plant*", "3*")]);
        var facts = Facts(AllParsers.Inspect(s_connect));
        Assert.Equal("a", table.Match(facts, noMoreBytes: false).Text());

        Assert.Equal(0, House.Allocated.By(() => _ = table.Match(facts, noMoreBytes: false), times: 1_000));
    }

    private static RouteModel Mqtt(string id, string? clientId, string? userName, string? version, int? order = null) =>
        Route(id, new L4Match { Mqtt = new() { ClientId = clientId?.Split(','), Username = userName?.Split(','), Version = version?.Split(',') } }, order);
}
