using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Core.Tests.ProxyProtocol;

public class ProxyHeaderParserTests
{
    public static TheoryData<string> Names => SampleHeader.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_header_is_read_and_what_follows_it_does_not_matter(string name)
    {
        var sample = SampleHeader.Named(name);
        foreach (var after in (byte[][])[[], [0x16, 3, 1], sample.Bytes, [13, 10]])
        {
            var result = ProxyHeaderParser.Parse([.. sample.Bytes, .. after]);

            Assert.Equal((ProxyHeaderStatus.Found, sample.Bytes.Length), (result.Status, result.Length));
            Assert.Equal(sample.Source, result.Header!.Source?.ToString());
            Assert.Equal(sample.Destination, result.Header.Destination?.ToString());
            Assert.Equal(name.Contains("v1", StringComparison.Ordinal) ? 1 : 2, result.Header.Version);
            Assert.Equal(sample.Bytes[12] == 0x20, result.Header.IsLocal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_prefix_of_a_header_needs_more(string name)
    {
        var bytes = SampleHeader.Named(name).Bytes;
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeaderParser.Parse(bytes.AsSpan(0, length)).Status);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_changed_byte_is_survived(string name)
    {
        var bytes = SampleHeader.Named(name).Bytes;
        // Of the longest one the first bytes, and what is in its only TLV is like what is before it.
        for (var at = 0; at < Math.Min(bytes.Length, 256); at++)
        {
            var right = bytes[at];
            for (var value = 0; value < 256; value++)
            {
                bytes[at] = (byte)value;
                ProxyHeaderFuzz.Run(bytes);
            }
            bytes[at] = right;
        }
    }

    [Fact]
    public void Waiting_for_more_allocates_nothing()
    {
        foreach (var name in (string[])["haproxy v2 cert", "v1 longest"])
        {
            var header = SampleHeader.Named(name).Bytes;

            Assert.Equal(0, Allocated.By(() =>
            {
                for (var length = 0; length < header.Length; length++)
                    _ = ProxyHeaderParser.Parse(header.AsSpan(0, length));
            }));
        }
    }

    [Theory]
    [InlineData("G")]
    [InlineData("POST")]
    [InlineData("PRI * HTTP/2.0")]
    [InlineData("PROPFIND")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY\t")]
    [InlineData("proxy ")]
    [InlineData("\n")]
    [InlineData("\r\nG")]
    [InlineData("\r\n\r\n\0\r\nQUIT\r")]
    [InlineData("\x16")]
    public void What_can_be_no_header_is_told_at_once(string start) => Assert.Equal(ProxyHeaderStatus.NotMine, Parse(start).Status);

    [Theory]
    [InlineData("PROXY  ")]
    [InlineData("PROXY tcp4")]
    [InlineData("PROXY TCP5")]
    [InlineData("PROXY TCP4\r")]
    [InlineData("PROXY TCP45")]
    [InlineData("PROXY UDP")]
    [InlineData("PROXY UNKNOWM")]
    [InlineData("PROXY TCP4 1\n")]
    [InlineData("PROXY UNKNOWN\n")]
    [InlineData("PROXY UNKNOWN\rx")]
    public void A_wrong_line_is_refused_at_once(string start) => Assert.Equal(ProxyHeaderStatus.Invalid, Parse(start).Status);

    [Theory]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1 2 ")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1 2 3")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1")]
    [InlineData("TCP4  192.0.2.1 192.0.2.2 1 2")]
    [InlineData("TCP4 192.0.2.1  192.0.2.2 1 2")]
    [InlineData("TCP4 192.0.2.1\t192.0.2.2 1 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1  2")]
    [InlineData("TCP4 192.0.2.01 192.0.2.2 1 2")]
    [InlineData("TCP4 0x7f.0.0.1 192.0.2.2 1 2")]
    [InlineData("TCP4 0300.0.2.1 192.0.2.2 1 2")]
    [InlineData("TCP4 127.1 192.0.2.2 1 2")]
    [InlineData("TCP4 3221225985 192.0.2.2 1 2")]
    [InlineData("TCP4 256.0.2.1 192.0.2.2 1 2")]
    [InlineData("TCP4 192.0.2.1. 192.0.2.2 1 2")]
    [InlineData("TCP4 -1.0.2.1 192.0.2.2 1 2")]
    [InlineData("TCP4 192.0.2.1 ::1 1 2")]
    [InlineData("TCP4 ::1 ::1 1 2")]
    [InlineData("TCP4 a.example.com 192.0.2.2 1 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 01 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 00 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 +1 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 -1 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 0x1 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1, 2")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1 65536")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1 99999999999999999999")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1 2\u0000")]
    [InlineData("TCP4 192.0.2.1 192.0.2.2 1 \u00b2")]
    [InlineData("TCP6 192.0.2.1 ::1 1 2")]
    [InlineData("TCP6 [::1] ::1 1 2")]
    [InlineData("TCP6 ::1%1 ::1 1 2")]
    [InlineData("TCP6 ::1/128 ::1 1 2")]
    [InlineData("TCP6 1::2::3 ::1 1 2")]
    [InlineData("TCP6 1:2:3:4:5:6:7 ::1 1 2")]
    [InlineData("TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2")]
    [InlineData("TCP6 12345::1 ::1 1 2")]
    [InlineData("TCP6 g::1 ::1 1 2")]
    [InlineData("TCP6 ::0x1 ::1 1 2")]
    [InlineData("TCP6 ::ffff:192.0.2.01 ::1 1 2")]
    [InlineData("TCP6 ::ffff:127.1 ::1 1 2")]
    [InlineData("TCP6 ::1: ::1 1 2")]
    [InlineData("TCP6 : ::1 1 2")]
    [InlineData("TCP6  ::1 1 2")]
    [InlineData("UNKNOWNX")]
    public void A_line_that_is_not_to_the_letter_is_refused(string rest) =>
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeaderParser.Parse(SampleHeader.Text("PROXY " + rest)).Status);

    [Theory]
    [InlineData("TCP4 255.255.255.255 0.0.0.0 65535 0", "255.255.255.255:65535")]
    [InlineData("TCP6 2001:DB8::A 2001:db8::b 10 100", "[2001:db8::a]:10")]
    [InlineData("TCP6 :: ::1 1 2", "[::]:1")]
    [InlineData("UNKNOWN ", null)]
    [InlineData("UNKNOWN \u00ff \u0000 anything", null)]
    public void A_line_that_is_to_the_letter_is_read(string rest, string? source)
    {
        var result = ProxyHeaderParser.Parse(SampleHeader.Text("PROXY " + rest));

        Assert.Equal(ProxyHeaderStatus.Found, result.Status);
        Assert.Equal(source, result.Header!.Source?.ToString());
    }

    [Fact]
    public void A_line_has_107_bytes_at_the_most()
    {
        var longest = SampleHeader.Text("PROXY UNKNOWN " + new string('x', 91));
        Assert.Equal(107, longest.Length);
        Assert.Equal(ProxyHeaderStatus.Found, ProxyHeaderParser.Parse(longest).Status);

        var tooLong = SampleHeader.Text("PROXY UNKNOWN " + new string('x', 92));
        Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeaderParser.Parse(tooLong.AsSpan(0, 106)).Status);
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeaderParser.Parse(tooLong.AsSpan(0, 107)).Status);
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeaderParser.Parse(tooLong).Status);
    }

    [Theory]
    [InlineData("00")] // version 0
    [InlineData("11")] // version 1
    [InlineData("22")] // a third command
    [InlineData("31")]
    [InlineData("ff")]
    [InlineData("2111ffff")] // 64 KiB
    [InlineData("20003ff1")] // one byte more than 16 KiB
    [InlineData("2111000b")] // one byte too short for its addresses
    [InlineData("21210023")]
    [InlineData("213100d7")]
    [InlineData("21110000")]
    public void A_wrong_preamble_is_refused_at_once(string rest) =>
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeaderParser.Parse(SampleHeader.Hex(rest)).Status);

    [Theory]
    [InlineData("02")] // no length
    [InlineData("0200")]
    [InlineData("020001")] // no value
    [InlineData("02000361")] // shorter than it says
    [InlineData("0200016102ffff61")]
    [InlineData("0400")] // padding is cut, too
    [InlineData("030003000000")] // a checksum of three bytes
    [InlineData("030005000000000000")]
    [InlineData("03000400000000")] // the wrong one
    public void Lying_TLVs_are_refused(string tlvs) => Assert.Equal(
        ProxyHeaderStatus.Invalid,
        ProxyHeaderParser.Parse(SampleHeader.V2(0x21, 0x11, [.. SampleHeader.Ipv4, .. Convert.FromHexString(tlvs)])).Status);

    [Theory]
    [InlineData(0x20, 0x00)]
    [InlineData(0x20, 0x21)]
    [InlineData(0x20, 0xff)]
    [InlineData(0x21, 0x00)]
    [InlineData(0x21, 0x01)]
    [InlineData(0x21, 0x40)]
    [InlineData(0x21, 0xff)]
    public void Where_addresses_are_not_read_any_block_is_skipped(byte command, byte family)
    {
        byte[] bytes = SampleHeader.V2(command, family, [1, 2, 3, 4, 5]);

        var result = ProxyHeaderParser.Parse([.. bytes, 9]);

        Assert.Equal((ProxyHeaderStatus.Found, bytes.Length), (result.Status, result.Length));
        Assert.Null(result.Header!.Source);
        Assert.Empty(result.Header.Tlvs);
    }

    [Theory]
    [InlineData(0x20, 0x00, "03000400000000")] // LOCAL with the wrong checksum
    [InlineData(0x20, 0x00, "0300020000")] // with one of two bytes
    [InlineData(0x20, 0x00, "0200ff61")] // with a TLV longer than what is left
    [InlineData(0x20, 0x11, "c0000201c63364010001000203000400000000")]
    [InlineData(0x20, 0x11, "c00002")] // too short for its addresses
    [InlineData(0x20, 0x31, "03000400000000")]
    [InlineData(0x20, 0x00, "020001611234")] // and then rubbish
    [InlineData(0x21, 0x00, "03000400000000")] // PROXY of an unspecified family
    [InlineData(0x21, 0x00, "0200016103000400000000")]
    public void LOCAL_and_UNSPEC_are_accepted_whatever_is_in_them_and_nothing_of_it_is_used(byte command, byte family, string block)
    {
        var bytes = SampleHeader.V2(command, family, Convert.FromHexString(block));

        var result = ProxyHeaderParser.Parse([.. bytes, 9]);

        Assert.Equal((ProxyHeaderStatus.Found, bytes.Length), (result.Status, result.Length));
        Assert.Null(result.Header!.Source);
        Assert.Empty(result.Header.Tlvs);
    }

    [Fact]
    public void Of_LOCAL_not_even_what_is_right_is_used() =>
        Assert.Empty(ProxyHeaderParser.Parse(SampleHeader.V2(0x20, 0x00, SampleHeader.Tlv(2, "a.example.com"u8.ToArray()))).Header!.Tlvs);

    [Fact]
    public void The_checksum_is_the_one_of_RFC_3720() => Assert.Equal(0xE3069283, Crc32C.Compute("123456789"u8));

    [Theory]
    [InlineData("haproxy v2 ssl")]
    [InlineData("haproxy v2 cert")]
    public void A_checksum_tells_of_every_changed_byte(string name)
    {
        var bytes = SampleHeader.Named(name).Bytes;
        for (var at = 0; at < bytes.Length; at++)
        {
            // What tells whether a checksum is looked for, and where.
            for (var bit = 0; bit < 8 && at is < 12 or > 15; bit++)
            {
                bytes[at] ^= (byte)(1 << bit);
                var result = ProxyHeaderParser.Parse(bytes);
                bytes[at] ^= (byte)(1 << bit);
                // Without the type that makes it one there is no checksum to be wrong.
                Assert.True(result.Status != ProxyHeaderStatus.Found || result.Header!.Find(3) is null);
            }
        }
    }

    [Fact]
    public void Two_checksums_are_none()
    {
        Assert.Equal(ProxyHeaderStatus.Found, ProxyHeaderParser.Parse(SampleHeader.Checked()).Status);

        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeaderParser.Parse(SampleHeader.Checked(SampleHeader.Tlv(3, new byte[4]))).Status);
    }

    [Fact]
    public void Padding_is_left_out_and_unknown_types_are_kept()
    {
        var header = SampleHeader.With(SampleHeader.Tlv(4, [1, 2]), SampleHeader.Tlv(0xF0, []), SampleHeader.Tlv(4, []), SampleHeader.Tlv(0xEA, [7]));

        Assert.Equal([0xF0, 0xEA], header.Tlvs.Select(tlv => (int)tlv.Type));
        Assert.Equal([7], header.Find(0xEA)!.Value.ToArray());
    }

    [Fact]
    public void What_a_path_holds_need_not_be_text()
    {
        var result = ProxyHeaderParser.Parse(SampleHeader.V2(0x21, 0x31, [.. Enumerable.Repeat((byte)0xFF, 216)]));

        Assert.IsType<UnixDomainSocketEndPoint>(result.Header!.Source);
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.1", "192.0.2.1")]
    [InlineData("2001:db8::1", "::1", "2001:db8::1")]
    [InlineData("192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1")]
    public void What_is_written_is_read(string source, string destination, string read)
    {
        foreach (var version in (int[])[1, 2])
        {
            var header = new ProxyHeader
            {
                Version = version,
                Source = new IPEndPoint(IPAddress.Parse(source), 56324),
                Destination = new IPEndPoint(IPAddress.Parse(destination), 443),
                Tlvs = version == 1 ? [] : [new(ProxyTlvType.Crc32C, new byte[4]), new(ProxyTlvType.Authority, "a.example.com"u8.ToArray())],
            };
            var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
            var length = ProxyHeaderWriter.Write(header, isDatagram: false, buffer);

            var result = ProxyHeaderParser.Parse(buffer.AsSpan(0, length));

            Assert.Equal((ProxyHeaderStatus.Found, length), (result.Status, result.Length));
            Assert.Equal(new IPEndPoint(IPAddress.Parse(read), 56324), result.Header!.Source);
            Assert.Equal(version == 1 ? null : "a.example.com", result.Header.Authority);
        }
    }

    private static ProxyHeaderResult Parse(string text) => ProxyHeaderParser.Parse(Encoding.Latin1.GetBytes(text));
}
