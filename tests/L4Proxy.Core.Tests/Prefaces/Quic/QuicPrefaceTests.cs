using System.Security.Authentication;
using CsCheck;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces.Quic;

public class QuicPrefaceTests
{
    private static readonly QuicPreface s_quic = new();
    private static readonly byte[] s_hello = new HelloBuilder().WithServerName("a.example.com").WithAlpn("h3").WithVersions(0x0304).Message();

    [Theory]
    [InlineData("rfc9001")] // Appendix A.2 of each.
    [InlineData("rfc9369")]
    public void The_packet_of_the_specification_is_read(string file)
    {
        var bytes = QuicPackets.Named(file);
        Assert.Equal(PrefaceStatus.Found, s_quic.Recognise(bytes));
        Assert.Equal(PrefaceStatus.Found, s_quic.Read(bytes, out var content));
        var hello = Assert.IsType<ClientHello>(content);
        Assert.Equal(("example.com", "alpn", SslProtocols.Tls13), (hello.ServerName, Assert.Single(hello.Alpn), hello.Versions));
    }

    [Theory]
    [InlineData("chromium-1", "chromium-2")]
    [InlineData("chromium-2", "chromium-1")]
    [InlineData("chromium-1", "chromium-1", "chromium-2")]
    public void What_Chromium_cuts_and_shuffles_is_put_together(params string[] files)
    {
        var datagrams = files.Select(QuicPackets.Named).ToArray();
        for (var count = 1; count < datagrams.Length; count++)
            Assert.Equal((PrefaceStatus.NeedMore, null), Read(datagrams[..count]));
        var (status, hello) = Read(datagrams);
        Assert.Equal((PrefaceStatus.Found, "quic.example.com", "h3"), (status, hello?.ServerName, string.Join(' ', hello!.Alpn)));
        Assert.Equal(PrefaceStatus.NeedMore, s_quic.Read(datagrams[0], out _));
    }

    [Theory]
    [InlineData("rfc9001")]
    [InlineData("rfc9369")]
    [InlineData("chromium-1")]
    public void Every_prefix_asks_for_more(string file)
    {
        var bytes = QuicPackets.Named(file);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(PrefaceStatus.NeedMore, s_quic.Recognise(bytes.AsSpan(0, length)));
            Assert.Equal(PrefaceStatus.NeedMore, s_quic.Read(bytes.AsSpan(0, length), out var content));
            Assert.Null(content);
        }
        Assert.Equal(PrefaceStatus.Found, s_quic.Recognise([.. bytes, 0, 0]));
    }

    [Fact]
    public void No_bit_may_be_another()
    {
        var bytes = QuicPackets.Named("rfc9001");
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(PrefaceStatus.Found, s_quic.Read(bytes, out var content));
            Assert.Null(content);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("40000000010883")] // A short header.
    [InlineData("80000000010883")] // The fixed bit.
    [InlineData("c0000000000883")] // Version negotiation.
    [InlineData("c0ff00001d0883")] // A draft's version.
    [InlineData("f0000000010883")] // Retry of version 1,
    [InlineData("c06b3343cf0883")] // and of 2.
    [InlineData("c00000000115")] // A connection id of 21 bytes.
    [InlineData("c0000000010700000000000000000000")] // One of 7.
    [InlineData("e000000001080000000000000000000100")] // Handshake.
    [InlineData("16fefd0000")] // DTLS
    [InlineData("01000000")] // WireGuard
    [InlineData("000100002112a442")] // STUN
    [InlineData("c0de01000001000000000000")] // DNS
    public void Anything_else_is_not_it(string hex) => Assert.Equal(PrefaceStatus.NotMine, s_quic.Recognise(Convert.FromHexString(hex)));

    [Fact]
    public void Who_has_been_here_before_may_be_heard_out_of_order()
    {
        byte[] early = [0xd0, .. QuicPackets.Initial(0, [1], length: 100)[1..17], .. QuicPackets.VarInt(20), .. new byte[20]];
        Assert.Equal(PrefaceStatus.Found, s_quic.Recognise(early));
        Assert.Equal(PrefaceStatus.NeedMore, Read(early).Status);
        Assert.Equal("a.example.com", Read(early, QuicPackets.Datagram(QuicPackets.Crypto(0, s_hello))).Hello?.ServerName);
    }

    [Fact]
    public void Packets_that_share_a_datagram_are_all_read()
    {
        byte[] handshake = [0xe0, .. QuicPackets.Initial(0, [1], length: 100)[1..17], .. QuicPackets.VarInt(20), .. new byte[20]];
        byte[] datagram =
        [
            .. QuicPackets.Initial(0, QuicPackets.Crypto(50, s_hello[50..]), token: new byte[100]), .. handshake,
            .. QuicPackets.Initial(1, QuicPackets.Crypto(0, s_hello[..50]), length: 1000),
        ];
        Assert.Equal("a.example.com", Read(datagram).Hello?.ServerName);
        // What is no packet ends them.
        Assert.Equal("a.example.com", Read([.. datagram, 1, 2, 3]).Hello?.ServerName);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Of_many_that_share_a_datagram_the_first_few_are_read(int before, bool isFound)
    {
        var ping = QuicPackets.Initial(0, [1]);
        var read = Read([.. Enumerable.Repeat(ping, before).SelectMany(packet => packet), .. QuicPackets.Datagram(1, QuicPackets.Crypto(0, s_hello))]);
        Assert.Equal(isFound ? PrefaceStatus.Found : PrefaceStatus.NeedMore, read.Status);
    }

    [Fact]
    public void Other_frames_are_skipped()
    {
        byte[][] frames =
        [
            [0, 0, 0, 1], [0x02, 5, 0, 2, 1, 0, 0, 1, 1], [0x03, 5, 0, 0, 1, 7, 8, 9], QuicPackets.Crypto(0, s_hello[..9]), [0], QuicPackets.Crypto(9, s_hello[9..]), [1],
        ];
        Assert.Equal("a.example.com", Read(QuicPackets.Datagram(frames)).Hello?.ServerName);
    }

    [Theory]
    [InlineData("1c00000000")] // The client closes.
    [InlineData("08")] // STREAM has no place here,
    [InlineData("4006")] // nor has a type in two bytes.
    [InlineData("0200")] // An ACK that ends too soon,
    [InlineData("0205007fffffff01")] // or has more ranges than there are bytes.
    [InlineData("06ffffffffffffffff00")] // Beyond every bound,
    [InlineData("068000400001ff")] // or just so.
    [InlineData("0600ff")]
    public void What_a_server_refuses_is_no_hello(string frame)
    {
        var frames = Convert.FromHexString(frame);
        var sealedUp = QuicPackets.Initial(0, frames, token: new byte[1200]);
        Assert.Equal((PrefaceStatus.NotMine, null), Read(sealedUp));
        Assert.Equal(PrefaceStatus.Found, s_quic.Recognise(sealedUp));
    }

    [Fact]
    public void Pieces_may_come_in_any_order_and_more_than_once() =>
        Gen.Select(Gen.Int[1, 60].Array[1, 12], Gen.Int[0, int.MaxValue - 1], Gen.Int[1, 4]).Sample((sizes, seed, count) =>
        {
            var random = new Random(seed);
            var pieces = new List<byte[]>();
            for (var (at, i) = (0, 0); at < s_hello.Length; at += sizes[i++ % sizes.Length])
            {
                // Some reach into their neighbours.
                var (from, to) = (Math.Max(0, at - random.Next(5)), Math.Min(s_hello.Length, at + sizes[i % sizes.Length] + random.Next(5)));
                pieces.Add(QuicPackets.Crypto(from, s_hello[from..to]));
            }
            var shuffled = pieces.ToArray();
            random.Shuffle(shuffled);
            var datagrams = shuffled.Chunk((shuffled.Length + count - 1) / count).Select((some, i) => QuicPackets.Datagram((uint)i, some)).ToArray();
            Assert.Equal("a.example.com", Read(datagrams).Hello?.ServerName);
        }, iter: 300);

    [Fact]
    public void A_piece_that_says_otherwise_than_another_spoils_it()
    {
        byte[] other = [.. s_hello[10..20]];
        other[3] ^= 1;
        Assert.Equal((PrefaceStatus.NotMine, null), Read(QuicPackets.Datagram(QuicPackets.Crypto(10, s_hello[10..]), QuicPackets.Crypto(10, other), QuicPackets.Crypto(0, s_hello))));
        Assert.Equal((PrefaceStatus.NeedMore, null), Read(QuicPackets.Datagram(QuicPackets.Crypto(10, s_hello[10..]))));
    }

    [Fact]
    public void What_is_damaged_or_of_another_connection_is_passed_over()
    {
        byte[] first = QuicPackets.Datagram(QuicPackets.Crypto(0, s_hello[..50])), second = QuicPackets.Datagram(1, QuicPackets.Crypto(50, s_hello[50..]));
        byte[] damaged = [.. second];
        damaged[^1] ^= 1;
        var foreign = QuicPackets.Initial(1, QuicPackets.Crypto(50, s_hello[50..]), length: 1200, id: [1, 2, 3, 4, 5, 6, 7, 8]);
        var tooShort = QuicPackets.Initial(1, QuicPackets.Crypto(50, s_hello[50..]), length: 1199);
        Assert.Equal((PrefaceStatus.NeedMore, null), Read(first, damaged, foreign, tooShort, [], [0x40, 1]));
        Assert.Equal("a.example.com", Read(first, damaged, foreign, tooShort, second).Hello?.ServerName);
        Assert.Equal((PrefaceStatus.NotMine, null), Read(damaged, first, second));
    }

    [Fact]
    public void A_length_that_is_only_named_costs_nothing()
    {
        byte[] bytes = [0xc0, 0, 0, 0, 1, 8, .. QuicPackets.Id, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. new byte[1200]];
        Assert.Equal(PrefaceStatus.NeedMore, s_quic.Recognise(bytes));
        Assert.Equal(0, House.Allocated.By(() => s_quic.Recognise(bytes), times: 100));
    }

    [Fact]
    public void Whatever_is_sealed_up_is_survived() =>
        Mutation.Of(
        [
            [.. QuicPackets.Crypto(0, s_hello)],
            [.. QuicPackets.Crypto(50, s_hello[50..]), 0, 0, 1, .. QuicPackets.Crypto(0, s_hello[..60])],
            [0x02, 5, 0, 2, 1, 0, 0, 1, 1, .. QuicPackets.Crypto(0, s_hello[..100])],
        ]).Array[1, 3].Sample(payloads =>
        {
            var (status, hello) = Read([.. payloads.Select((payload, i) => QuicPackets.Datagram((uint)i, payload))]);
            Assert.Equal(status == PrefaceStatus.Found, hello is not null);
        }, iter: 5_000);

    private static (PrefaceStatus Status, ClientHello? Hello) Read(params byte[][] datagrams)
    {
        var list = new byte[datagrams.Sum(datagram => DatagramList.LengthOf(datagram))];
        var used = 0;
        foreach (var datagram in datagrams)
        {
            DatagramList.Write(list.AsSpan(used), datagram);
            used += DatagramList.LengthOf(datagram);
        }
        return (s_quic.ReadDatagrams(new DatagramList(list), out var content), (ClientHello?)content);
    }
}
