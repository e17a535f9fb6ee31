using CsCheck;
using L4Proxy.Prefaces.Quic;

namespace L4Proxy.Core.Tests.Prefaces.Quic;

public class QuicHeaderTests
{
    // First byte, version, a length and no id, a length and an id of eight.
    private const int Length = 1 + 4 + 1 + 1 + 8;

    public static TheoryData<byte[]> OfServers => [ServerPackets.Initial, ServerPackets.Retry, ServerPackets.Handshake(ServerPackets.Id)];

    [Theory]
    [MemberData(nameof(OfServers))]
    public void Every_prefix_with_both_ids_shows_them_and_no_other(byte[] packet)
    {
        for (var length = 0; length <= packet.Length; length++)
        {
            Assert.Equal(length >= Length, QuicHeader.TryRead(packet.AsSpan(0, length), out var header));
            Assert.Equal(length < Length ? [] : ServerPackets.Id, header.SourceId.ToArray());
            Assert.True(header.DestinationId.IsEmpty);
            Assert.Equal(length < Length ? 0u : 1u, header.Version);
        }
    }

    [Fact]
    public void Of_a_client_too()
    {
        Assert.True(QuicHeader.TryRead(QuicPackets.Named("rfc9001"), out var header));
        Assert.Equal(QuicPackets.Id, header.DestinationId.ToArray());
        Assert.True(QuicHeader.TryRead(QuicPackets.Named("rfc9369"), out header));
        Assert.Equal(0x6b3343cfu, header.Version);
    }

    [Theory]
    [InlineData(0x00, false, false)]
    [InlineData(0x3f, false, false)]
    [InlineData(0x40, false, true)]
    [InlineData(0x7f, false, true)]
    [InlineData(0x80, true, false)]
    [InlineData(0xff, true, false)]
    public void The_first_byte_says_which_header_it_is(byte first, bool isLong, bool mayBeShort)
    {
        Assert.Equal((isLong, mayBeShort), (QuicHeader.IsLong([first]), QuicHeader.MayBeShort([first])));
        Assert.Equal(isLong, QuicHeader.TryRead([first, 0, 0, 0, 1, 0, 0], out _));
    }

    [Fact]
    public void Nothing_is_neither()
    {
        Assert.False(QuicHeader.IsLong([]));
        Assert.False(QuicHeader.MayBeShort([]));
    }

    [Fact]
    public void A_short_header_has_an_id_of_any_length_that_fits()
    {
        byte[] datagram = [0x40, 1, 2, 3, 4];
        Assert.Equal([1, 2, 3, 4], QuicHeader.ShortIdOf(datagram, 4).ToArray());
        Assert.Equal([1, 2, 3], QuicHeader.ShortIdOf(datagram, 3).ToArray());
        Assert.True(QuicHeader.ShortIdOf(datagram, 5).IsEmpty);
        Assert.True(QuicHeader.ShortIdOf([], 4).IsEmpty);
    }

    [Fact]
    public void Ids_of_any_length_are_read_and_nothing_throws() => Gen.Byte.Array[0, 600].Sample(bytes =>
    {
        if (bytes.Length > 0)
            bytes[0] |= 0x80;
        if (!QuicHeader.TryRead(bytes, out var header))
            return;
        Assert.Equal(bytes[5], header.DestinationId.Length);
        Assert.Equal(bytes[6 + bytes[5]], header.SourceId.Length);
    });

    [Fact]
    public void An_id_equals_one_of_the_same_bytes_alone() => Gen.Select(Gen.Byte.Array[0, 24], Gen.Byte.Array[0, 24]).Sample((left, right) =>
    {
        Assert.Equal(left.Length is >= 4 and <= 20, QuicConnectionId.TryCreate(left, out var id));
        Assert.True(QuicConnectionId.TryCreate(left, out var same) == QuicConnectionId.TryCreate(left, out _) && id == same);
        if (left.Length is < 4 or > 20)
            return;
        Assert.Equal(id.GetHashCode(), same.GetHashCode());
        if (QuicConnectionId.TryCreate(right, out var other))
            Assert.Equal(left.AsSpan().SequenceEqual(right), id == other);
        // A longer one is another, whatever it ends in.
        if (left.Length < 20 && QuicConnectionId.TryCreate([.. left, 0], out var longer))
            Assert.NotEqual(id, longer);
        left[^1] ^= 1;
        Assert.True(QuicConnectionId.TryCreate(left, out other));
        Assert.NotEqual(id, other);
    });
}
