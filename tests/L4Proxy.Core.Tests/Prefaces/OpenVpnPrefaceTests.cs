using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class OpenVpnPrefaceTests
{
    private static readonly OpenVpnPreface s_openVpn = new();

    public static TheoryData<string> Captured => [.. PrefaceCorpus.Named("openvpn", isDatagram: true).Select(Convert.ToHexString)];

    public static TheoryData<string> CapturedStreams => [.. PrefaceCorpus.Named("openvpn").Select(Convert.ToHexString)];

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_reset_is_recognised(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(PrefaceStatus.Found, s_openVpn.RecogniseDatagram(bytes));
        Assert.Equal(PrefaceStatus.NotMine, s_openVpn.RecogniseDatagram(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Equal(PrefaceStatus.NotMine, s_openVpn.RecogniseDatagram([.. bytes, 0]));
    }

    [Theory]
    [MemberData(nameof(CapturedStreams))]
    public void Over_tcp_once_it_is_whole(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        PrefixAssert.FoundAt(bytes.Length, s_openVpn, bytes);
        Assert.Equal(PrefaceStatus.Found, s_openVpn.Recognise([.. bytes, 0, 1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4074df78e8211e4f7e0000000000")] // A server's reset.
    [InlineData("3874df78e8211e4f7e0000000001")] // Packet 1.
    [InlineData("3874df78e8211e4f7e0100000000")] // Something acknowledged.
    [InlineData("5074df78e8211e4f7e0000000000")] // No key.
    public void Anything_else_is_not_it(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(PrefaceStatus.NotMine, s_openVpn.RecogniseDatagram(bytes));
        PrefixAssert.NotMine(s_openVpn, [0, (byte)bytes.Length, .. bytes]);
    }

    [Theory]
    [InlineData("38")]
    [InlineData("0437")] // Longer than the longest key makes it.
    [InlineData("000d")]
    [InlineData("000e40")]
    public void Another_stream_is_told_apart_at_once(string hex) => PrefixAssert.NotMine(s_openVpn, Convert.FromHexString(hex));

    [Fact]
    public void A_DNS_query_whose_id_begins_so_is_a_DNS_query()
    {
        // 54 bytes, as with --tls-crypt.
        var query = Convert.FromHexString("38c10120000100000000000101610000010001" + "00002904d0000000000018" + "000a0014" + new string('b', 40));
        Assert.Equal(54, query.Length);
        Assert.Equal("dns", AllParsers.InspectDatagram(query).Recognised.ToString());
    }
}
