using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;
using L4Proxy.Routing.Conditions;
using static L4Proxy.Core.Tests.ProxyProtocol.SampleHeader;

namespace L4Proxy.Core.Tests.Routing;

public class ProxyHeaderConditionTests
{
    [Fact]
    public void Without_a_header_nothing_holds()
    {
        Assert.False(Holds(new ProxyHeaderCondition(new()), null));
        Assert.True(Holds(new ProxyHeaderCondition(new()), With()));
        Assert.False(Holds(new ProxyHeaderCondition(new() { Authority = ["*"] }), With()));
    }

    [Fact]
    public void Lists_are_or_and_fields_are_and()
    {
        var match = Match(["a.*", "b"], ("0xEA", ["*x"]), ("0xeb", ["1", "2"]));

        Assert.True(Holds(match, With(Name("a.c"), Value(0xEA, "1x"), Value(0xEB, "2"))));
        Assert.False(Holds(match, With(Name("c"), Value(0xEA, "1x"), Value(0xEB, "2"))));
        Assert.False(Holds(match, With(Name("b"), Value(0xEB, "2"))));
        Assert.False(Holds(match, With(Name("b"), Value(0xEA, "y"), Value(0xEB, "2"))));
        // Any of several of one type.
        Assert.True(Holds(match, With(Name("b"), Value(0xEA, "y"), Value(0xEA, "x"), Value(0xEB, "1"))));
    }

    [Theory]
    [InlineData("0x00", 0)]
    [InlineData("0xEA", 0xEA)]
    [InlineData("0Xea", 0xEA)]
    public void A_type_is_two_hexadecimal_digits(string text, byte type)
    {
        Assert.True(ProxyHeaderCondition.TryParseType(text, out var parsed));
        Assert.Equal(type, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("EA")]
    [InlineData("234")]
    [InlineData("0x")]
    [InlineData("0xE")]
    [InlineData("0x0EA")]
    [InlineData("0xEG")]
    [InlineData("0x E")]
    public void Anything_else_is_no_type(string text) => Assert.False(ProxyHeaderCondition.TryParseType(text, out _));

    [Fact]
    public void It_needs_no_bytes_of_the_client()
    {
        var routes = new[] { Routes.Route("a", new L4Match { ProxyProtocol = new() { Authority = ["a"] } }) };
        var table = RouteTable.Create(routes);

        Assert.True(table.Protocols.IsEmpty);
        Assert.Equal("a", table.Match(new ConnectionFacts { ProxyHeader = With(Name("a")) }, noMoreBytes: false).Text());
        Assert.Equal("None", table.Match(default, noMoreBytes: false).Text());
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var table = RouteTable.Create([Routes.Route("a", new L4Match
        {
            ProxyProtocol = new() { Authority = ["x", "a*"], Tlvs = new Dictionary<string, IReadOnlyList<string>> { ["0xEA"] = ["b", "*vpce"] } },
        })]);
        var facts = new ConnectionFacts { ProxyHeader = With(Name("abc"), Value(0xEA, "1vpce")) };
        Assert.Equal("a", table.Match(facts, noMoreBytes: false).Text());

        Assert.Equal(0, Allocated.By(() => _ = table.Match(facts, noMoreBytes: false), times: 1_000));
    }

    private static bool Holds(ProxyHeaderCondition condition, ProxyHeader? header) => condition.Evaluate(new() { ProxyHeader = header }) == ConditionResult.True;

    private static byte[] Name(string name) => Value(2, name);

    private static byte[] Value(byte type, string value) => Tlv(type, Encoding.Latin1.GetBytes(value));

    private static ProxyHeaderCondition Match(string[] authority, params (string Type, string[] Values)[] tlvs) => new(new L4ProxyProtocolMatch
    {
        Authority = authority,
        Tlvs = tlvs.ToDictionary(tlv => tlv.Type, tlv => (IReadOnlyList<string>)tlv.Values),
    });
}
