using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class SocksPrefaceTests
{
    private static readonly Socks4Preface s_socks4 = new();
    private static readonly Socks5Preface s_socks5 = new();

    /// <summary>What curl 7.88 sends first.</summary>
    [Theory]
    [InlineData("04011f90c000020100", 9)]
    [InlineData("0401005000000001006578616d706c652e636f6d00", 9)] // socks4a
    [InlineData("0401005000000001626f62006578616d706c652e636f6d00", 12)] // A user.
    [InlineData("04020050c000020100", 9)] // BIND
    public void Version_4_is_recognised_by_its_request(string hex, int length) => PrefixAssert.FoundAt(length, s_socks4, Convert.FromHexString(hex));

    /// <summary>The same, and a client without authentication.</summary>
    [Theory]
    [InlineData("05020001", 4)]
    [InlineData("0503000102", 5)]
    [InlineData("050100", 3)]
    public void Version_5_is_recognised_by_its_methods(string hex, int length) => PrefixAssert.FoundAt(length, s_socks5, Convert.FromHexString(hex));

    [Theory]
    [InlineData("05")]
    [InlineData("0400")]
    [InlineData("0403")]
    [InlineData("04011f90c00002010a")]
    [InlineData("0401005000000001626f1b00")]
    public void Anything_else_is_not_version_4(string hex) => PrefixAssert.NotMine(s_socks4, Convert.FromHexString(hex));

    [Theory]
    [InlineData("04")]
    [InlineData("05000b03")] // DCE/RPC
    [InlineData("0502ff")]
    public void Anything_else_is_not_version_5(string hex) => PrefixAssert.NotMine(s_socks5, Convert.FromHexString(hex));

    [Fact]
    public void A_user_has_at_most_255_bytes()
    {
        byte[] longest = [4, 1, 0, 80, 192, 0, 2, 1, .. Enumerable.Repeat((byte)'u', 255)];
        Assert.Equal(PrefaceStatus.NeedMore, s_socks4.Recognise(longest));
        Assert.Equal(PrefaceStatus.Found, s_socks4.Recognise([.. longest, 0]));
        PrefixAssert.NotMine(s_socks4, [.. longest, (byte)'u']);
    }
}
