using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class DnsPrefaceTests
{
    private static readonly DnsPreface s_dns = new();

    /// <summary>What dig and host of BIND 9.18 ask; NOTIFY, UPDATE and IXFR by their RFCs.</summary>
    public static TheoryData<string, string, string> Queries => new()
    {
        { "c7c10120000100000000000103777777076578616d706c6503636f6d00001c000100002904d000000000000c000a0008f7d75dd6255fa40c", "www.example.com", "AAAA" },
        { "453001200001000000000000074578616d706c65034f52470000410001", "example.org", "HTTPS" },
        { "b5ad01200001000000000001000002000100002904d000000000000c000a00088a1c553b01c2672e", ".", "NS" },
        { "5aca01000001000000000000076578616d706c65036e65740000010001", "example.net", "A" },
        { "febd00200001000000000001076578616d706c6503636f6d0000fc000100002904d000000000000c000a0008eaf05d00d1f45ed6", "example.com", "AXFR" },
        { "00012400000100010000000001610000060001" + "c00c000600010000000000", "a", "SOA" },
        { "00012800000100000003000001610000060001", "a", "SOA" },
        { "00010000000100000001000001610000fb0001", "a", "IXFR" },
        // What no host name has in it.
        { "000101000001000000000000045c2e20ff00fde80001", "\\\\\\.\\032\\255", "TYPE65000" },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_datagram_is_read(string hex, string name, string type)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(PrefaceStatus.Found, s_dns.RecogniseDatagram(bytes));
        Assert.Equal(PrefaceStatus.Found, s_dns.ReadDatagram(bytes, out var content));
        Assert.Equal(new DnsQuery(name, type), content);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_stream_is_read_once_its_question_is_there(string hex, string name, string type)
    {
        var message = Convert.FromHexString(hex);
        byte[] bytes = [0, (byte)message.Length, .. message];
        PrefixAssert.FoundAt(Array.IndexOf(bytes, (byte)0, 14) + 5, s_dns, bytes);
        Assert.Equal(PrefaceStatus.Found, s_dns.Read([.. bytes, 0, 29], out var content));
        Assert.Equal(new DnsQuery(name, type), content);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5aca0100000100000000000000000100")] // Cut.
    [InlineData("5aca8100000100000000000000000100" + "01")] // An answer.
    [InlineData("5aca0900000100000000000000000100" + "01")] // An inverse query.
    [InlineData("5aca0140000100000000000000000100" + "01")] // The bit that must be zero.
    [InlineData("5aca0101000100000000000000000100" + "01")] // The code of an answer.
    [InlineData("5aca0100000200000000000000000100" + "01")] // Two questions.
    [InlineData("5aca0100000000000000000000000100" + "01")] // None.
    [InlineData("5aca0100000100010000000000000100" + "01")] // A query with an answer.
    [InlineData("5aca0100000100000002000000000100" + "01")] // Two of authority.
    [InlineData("5aca0100000100000000000400000100" + "01")] // Four additional ones.
    [InlineData("5aca0100000100000000000000000100" + "02")] // A class that there is not.
    [InlineData("5aca01000001000000000000c00c00010001")] // A pointer.
    [InlineData("5aca0100000100000000000040000001" + "0001")] // A label of 64 bytes.
    [InlineData("000100002112a442eda2ae1cb9875fe2fbf092fe")] // STUN
    public void Anything_else_is_not_it(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(PrefaceStatus.NotMine, s_dns.RecogniseDatagram(bytes));
        PrefixAssert.NotMine(s_dns, [0, (byte)bytes.Length, .. bytes]);
    }

    [Theory]
    [InlineData("0300000b06e00000000000")] // RDP
    [InlineData("050100")] // SOCKS 5
    [InlineData("04")]
    [InlineData("0010")]
    public void Another_stream_is_told_apart_at_once(string hex) => PrefixAssert.NotMine(s_dns, Convert.FromHexString(hex));

    [Fact]
    public void A_name_has_at_most_255_bytes()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] Ask(int last) => [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. label, .. label, .. label, (byte)last, .. label[1..(last + 1)], 0, 0, 1, 0, 1];
        Assert.Equal(PrefaceStatus.Found, s_dns.RecogniseDatagram(Ask(61)));
        Assert.Equal(PrefaceStatus.NotMine, s_dns.RecogniseDatagram(Ask(62)));
    }

    [Theory]
    [InlineData("aaaa", "AAAA", true)]
    [InlineData("type28", "AAAA", true)]
    [InlineData("TYPE65535", "TYPE65535", true)]
    [InlineData("TYPE65536", "TYPE65536", false)]
    [InlineData("AAAAA", "AAAAA", false)]
    public void A_type_has_a_name_or_a_number(string text, string name, bool known) => Assert.Equal((name, known), (DnsTypes.Normalise(text), DnsTypes.IsKnown(name)));
}
