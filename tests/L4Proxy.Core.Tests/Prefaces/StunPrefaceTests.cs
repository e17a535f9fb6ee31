using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class StunPrefaceTests
{
    private static readonly StunPreface s_stun = new();

    [Theory]
    [InlineData("000100002112a442eda2ae1cb9875fe2fbf092fe")] // turnutils_stunclient 4.6
    [InlineData("000300202112a4423fa0de95a6fa6e75ec9514400019000411000000000d000400000309001800018000000080280004f96c5357")] // turnutils_uclient
    public void A_request_is_recognised(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        PrefixAssert.FoundAt(8, s_stun, bytes);
        Assert.Equal(PrefaceStatus.Found, s_stun.RecogniseDatagram(bytes));
        // A datagram is whole.
        Assert.Equal(PrefaceStatus.NotMine, s_stun.RecogniseDatagram(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Equal(PrefaceStatus.NotMine, s_stun.RecogniseDatagram([.. bytes, 0]));
    }

    [Theory]
    [InlineData("01010000")] // An answer.
    [InlineData("40000000")] // Data of a TURN channel.
    [InlineData("00010002")]
    [InlineData("000100002112a441")]
    [InlineData("0001000000")] // RFC 3489
    public void Anything_else_is_not_it(string hex) => PrefixAssert.NotMine(s_stun, Convert.FromHexString(hex));
}
