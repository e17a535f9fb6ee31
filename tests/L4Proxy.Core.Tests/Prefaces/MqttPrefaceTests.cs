using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class MqttPrefaceTests
{
    private static readonly MqttPreface s_mqtt = new();

    /// <summary>What mosquitto_pub 2.0.11 sends first.</summary>
    public static TheoryData<string, string, string, string?> Captured => new()
    {
        { "101700064d51497364700302003c000973656e736f722d3137", "3.1", "sensor-17", null },
        { "102500044d51545404c2003c000973656e736f722d31370006706c616e74370006736563726574", "3.1.1", "sensor-17", "plant7" },
        // A will.
        { "101e00044d5154540406003c000973656e736f722d31370004676f6e65000178", "3.1.1", "sensor-17", null },
        // A will and properties before each part.
        {
            "103800044d51545405c6003c08110000003c210014000973656e736f722d3137000004676f6e650001780006706c616e74370006736563726574",
            "5", "sensor-17", "plant7"
        },
        // The server is to give it a name.
        { "101000044d5154540502003c032100140000", "5", "", null },
        // A bridge.
        { "101300044d5154548402003c0007627269646765" + "31", "3.1.1", "bridge1", null },
    };

    [Theory]
    [MemberData(nameof(Captured))]
    public void Every_prefix_asks_for_more_until_all_is_there(string hex, string version, string clientId, string? userName)
    {
        var bytes = Convert.FromHexString(hex);
        var level = version == "3.1" ? 10 : 8;
        for (var length = 0; length <= bytes.Length; length++)
        {
            var prefix = bytes.AsSpan(0, length);
            Assert.Equal(length > level ? PrefaceStatus.Found : PrefaceStatus.NeedMore, s_mqtt.Recognise(prefix));
            if (length <= level)
                continue;
            var status = s_mqtt.Read(prefix, out var content);
            if (content is null)
                Assert.Equal((PrefaceStatus.NeedMore, true), (status, length < bytes.Length));
            else
                Assert.Equal((PrefaceStatus.Found, new MqttConnect(version, clientId, userName)), (status, content));
        }
        Assert.Equal(PrefaceStatus.Found, s_mqtt.Read([.. bytes, 0xc0, 0], out _));
    }

    [Theory]
    [InlineData("11")] // Flags of a CONNECT are 0.
    [InlineData("20")]
    [InlineData("10ffffffff")] // A length of five bytes.
    [InlineData("101700054d51545404")]
    [InlineData("101700064d51545454")]
    [InlineData("101700044d51545406")] // Level 6 of MQTT.
    [InlineData("101700064d514973647004")] // Level 4 of MQIsdp.
    [InlineData("160301")]
    [InlineData("474554202f")]
    public void Anything_else_is_not_it(string hex) => Assert.Equal(PrefaceStatus.NotMine, s_mqtt.Recognise(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("100a00044d5154540402003c")] // No client identifier.
    [InlineData("100d00044d5154540402003c000561")] // One that is longer than the packet.
    [InlineData("100d00044d5154540402003c0001ff")] // One that is no UTF-8.
    [InlineData("100d00044d5154540482003c000161")] // No user name, though the flags say so.
    [InlineData("101400044d5154540502003cffffffffff0000000000")] // Properties with a length of five bytes.
    public void Who_cannot_be_understood_has_said_nothing(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(PrefaceStatus.Found, s_mqtt.Recognise(bytes));
        Assert.Equal(PrefaceStatus.NotMine, s_mqtt.Read(bytes, out var content));
        Assert.Null(content);
    }

    [Fact]
    public void A_length_that_is_only_named_is_waited_for_and_costs_nothing()
    {
        var bytes = Convert.FromHexString("10ffffff7f00044d5154540402003cffff61");
        Assert.Equal(PrefaceStatus.NeedMore, s_mqtt.Read(bytes, out _));
        Assert.Equal(0, House.Allocated.By(() => s_mqtt.Read(bytes, out _), times: 100));
    }
}
