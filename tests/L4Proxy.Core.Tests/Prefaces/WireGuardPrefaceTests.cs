using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>By section 5.4 of its paper.</summary>
public class WireGuardPrefaceTests
{
    private static readonly WireGuardPreface s_wireGuard = new();

    [Theory]
    [InlineData(1, 148)]
    [InlineData(2, 92)]
    [InlineData(3, 64)]
    [InlineData(4, 32)] // A keep-alive.
    [InlineData(4, 1456)]
    public void A_message_is_recognised_by_its_type_and_length(int type, int length)
    {
        Assert.Equal(PrefaceStatus.Found, s_wireGuard.RecogniseDatagram(Message(type, length)));
        Assert.Equal(PrefaceStatus.NotMine, s_wireGuard.RecogniseDatagram(Message(type, length - 1)));
        Assert.Equal(PrefaceStatus.NotMine, s_wireGuard.RecogniseDatagram(Message(type, length + 1)));
    }

    [Theory]
    [InlineData(0, 148)]
    [InlineData(5, 148)]
    [InlineData(4, 16)]
    [InlineData(1, 0)]
    public void Anything_else_is_not_it(int type, int length) => Assert.Equal(PrefaceStatus.NotMine, s_wireGuard.RecogniseDatagram(Message(type, length)));

    [Fact]
    public void Neither_is_what_has_something_where_nothing_may_be()
    {
        var message = Message(4, 32);
        message[3] = 1;
        Assert.Equal(PrefaceStatus.NotMine, s_wireGuard.RecogniseDatagram(message));
    }

    [Fact]
    public void A_DNS_query_with_the_same_id_and_length_is_a_DNS_query()
    {
        // Id 0x0400, no flags, 32 bytes.
        var query = Convert.FromHexString("0400000000010000000000000e6162636465666768696a6b6c6d6e0000010001");
        Assert.Equal(32, query.Length);
        Assert.Equal("dns", AllParsers.InspectDatagram(query).Recognised.ToString());
    }

    private static byte[] Message(int type, int length) => [.. ((byte[])[(byte)type, 0, 0, 0, .. Enumerable.Range(17, 1500).Select(i => (byte)i)]).Take(length)];
}
