using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>Bytes as sections 2.1 and 2.2 of the PROXY protocol have them.</summary>
public sealed class ProxyHeaderWriterTests
{
    private const string Signature = "0d0a0d0a000d0a515549540a";
    private static readonly UnixDomainSocketEndPoint s_unix = new("/run/x.sock");

    [Theory]
    [InlineData("192.168.0.1:56324", "192.168.0.11:443", "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n")]
    [InlineData("255.255.255.255:65535", "255.255.255.255:65535", "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:0", "PROXY TCP6 2001:db8::1 2001:db8::2 1 0\r\n")]
    [InlineData("[::ffff:192.0.2.1]:1", "192.0.2.2:2", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("192.0.2.1:1", "[2001:db8::2]:2", "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2\r\n")]
    [InlineData("[fe80::1%7]:1", "[fe80::2%7]:2", "PROXY TCP6 fe80::1 fe80::2 1 2\r\n")]
    public void Version_1(string source, string destination, string line) =>
        Assert.Equal(line, Encoding.ASCII.GetString(Write(1, IPEndPoint.Parse(source), IPEndPoint.Parse(destination))));

    [Fact]
    public void Version_1_without_two_IP_addresses()
    {
        foreach (var (source, destination) in WithoutTwoAddresses())
            Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(Write(1, source, destination)));
    }

    [Fact]
    public void The_longest_line_fits_into_what_every_receiver_takes()
    {
        var longest = new IPEndPoint(IPAddress.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 65535);
        Assert.Equal(104, Write(1, longest, longest).Length);
    }

    [Theory]
    [InlineData("192.0.2.1:56324", "198.51.100.1:443", false, "21" + "11" + "000c" + "c0000201" + "c6336401" + "dc04" + "01bb")]
    [InlineData("192.0.2.1:56324", "198.51.100.1:443", true, "21" + "12" + "000c" + "c0000201" + "c6336401" + "dc04" + "01bb")]
    [InlineData("[::ffff:192.0.2.1]:56324", "198.51.100.1:443", false, "21" + "11" + "000c" + "c0000201" + "c6336401" + "dc04" + "01bb")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:65535", false,
        "21" + "21" + "0024" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "0001" + "ffff")]
    [InlineData("[2001:db8::1]:1", "192.0.2.1:2", true,
        "21" + "22" + "0024" + "20010db8000000000000000000000001" + "00000000000000000000ffffc0000201" + "0001" + "0002")]
    public void Version_2(string source, string destination, bool isDatagram, string rest) =>
        Assert.Equal(Signature + rest, Hex(Write(2, IPEndPoint.Parse(source), IPEndPoint.Parse(destination), isDatagram)));

    [Fact]
    public void Version_2_without_two_IP_addresses_is_LOCAL()
    {
        foreach (var (source, destination) in WithoutTwoAddresses())
            Assert.Equal(Signature + "20" + "00" + "0000", Hex(Write(2, source, destination)));
    }

    [Fact]
    public void LOCAL_has_no_addresses_even_if_some_are_given()
    {
        var header = new ProxyHeader { Version = 2, IsLocal = true, Source = new IPEndPoint(1, 1), Destination = new IPEndPoint(1, 1) };
        Assert.Equal(Signature + "20" + "00" + "0000", Hex(Write(header)));
    }

    [Fact]
    public void TLVs_follow_in_their_order_and_the_checksum_covers_all_of_them()
    {
        var header = new ProxyHeader
        {
            Version = 2,
            Source = IPEndPoint.Parse("192.0.2.1:1"),
            Destination = IPEndPoint.Parse("192.0.2.2:2"),
            Tlvs = [new(2, "a.test"u8.ToArray()), new(3, new byte[4]), new(0xE0, Array.Empty<byte>()), new(1, new byte[300])],
        };
        var read = WrittenHeader.Read(Write(header));
        Assert.Equal([2, 3, 0xE0, 1], read.Types);
        Assert.Equal("a.test", read.TextOf(2));
        Assert.Equal(300, read.ValueOf(1).Length);
        Assert.Equal(16 + 12 + 9 + 7 + 3 + 303, read.Bytes.Length);
        read.AssertChecksum();
    }

    [Fact]
    public void What_was_in_the_buffer_before_does_not_show()
    {
        var header = new ProxyHeader
        {
            Version = 2, Source = s_unix, Destination = s_unix, Tlvs = [new(3, "old!"u8.ToArray())],
        };
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        buffer.AsSpan().Fill(0xFF);
        var length = ProxyHeaderWriter.Write(header, isDatagram: false, buffer);
        var read = WrittenHeader.Read(buffer.AsSpan(0, length));
        Assert.Equal((0, 0), (read.Command, read.Family));
        read.AssertChecksum();
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AA)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794E)]
    [InlineData("1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100", 0x113FDB5C)]
    [InlineData("01C00000000000000000000000000000140000000000040000000014000000182800000000000000" + "0200000000000000", 0xD9963A56)]
    public void The_checksum_is_that_of_RFC_3720(string bytes, uint checksum)
    {
        Assert.Equal(checksum, Crc32C.Compute(Convert.FromHexString(bytes)));
        Assert.Equal(checksum, WrittenHeader.Crc32c(Convert.FromHexString(bytes)));
    }

    private static (EndPoint?, EndPoint?)[] WithoutTwoAddresses() =>
        [(s_unix, s_unix), (null, null), (new IPEndPoint(1, 1), null), (null, new IPEndPoint(1, 1)), (s_unix, new IPEndPoint(1, 1))];

    private static byte[] Write(int version, EndPoint? source, EndPoint? destination, bool isDatagram = false) =>
        Write(new ProxyHeader { Version = version, Source = source, Destination = destination }, isDatagram);

    private static byte[] Write(ProxyHeader header, bool isDatagram = false)
    {
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        return buffer[..ProxyHeaderWriter.Write(header, isDatagram, buffer)];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
