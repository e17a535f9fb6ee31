using System.Buffers.Binary;
using System.Net;
using System.Text;
using L4Proxy.Core.Tests.Tcp;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>A version 2 header as a destination reads it: strictly, and knowing nothing of the writer.</summary>
internal sealed record WrittenHeader(byte Command, byte Family, EndPoint? Source, EndPoint? Destination, IReadOnlyList<(byte Type, byte[] Value)> Tlvs, byte[] Bytes)
{
    private static readonly byte[] s_signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public IEnumerable<byte> Types => Tlvs.Select(tlv => tlv.Type);

    public byte[] ValueOf(byte type) => Assert.Single(Tlvs, tlv => tlv.Type == type).Value;

    public string TextOf(byte type) => Encoding.UTF8.GetString(ValueOf(type));

    /// <summary>Reads the header that <paramref name="bytes"/> begins with.</summary>
    public static WrittenHeader Read(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(s_signature, bytes[..12].ToArray());
        Assert.Equal(2, bytes[12] >> 4);
        var length = 16 + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        var whole = bytes[..length].ToArray();
        var size = bytes[13] switch { 0x00 => 0, 0x11 or 0x12 => 4, 0x21 or 0x22 => 16, _ => throw new InvalidOperationException($"family {bytes[13]:x2}") };
        if (size == 0)
            return new((byte)(bytes[12] & 15), 0, null, null, ReadTlvs(whole.AsSpan(16)), whole);
        var ports = 16 + (2 * size);
        return new(
            (byte)(bytes[12] & 15), bytes[13],
            new IPEndPoint(new IPAddress(whole.AsSpan(16, size)), BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(ports))),
            new IPEndPoint(new IPAddress(whole.AsSpan(16 + size, size)), BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(ports + 2))),
            ReadTlvs(whole.AsSpan(ports + 4)), whole);
    }

    /// <summary>Takes a header off a connection, and not a byte more.</summary>
    public static async Task<WrittenHeader> ReceiveAsync(TestPeer peer)
    {
        var head = await peer.ReceiveAsync(16);
        return Read([.. head, .. await peer.ReceiveAsync(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(14)))]);
    }

    public static List<(byte Type, byte[] Value)> ReadTlvs(ReadOnlySpan<byte> bytes)
    {
        var tlvs = new List<(byte, byte[])>();
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            tlvs.Add((bytes[0], bytes.Slice(3, length).ToArray()));
            bytes = bytes[(3 + length)..];
        }
        return tlvs;
    }

    /// <summary>The checksum is there and right (section 2.2.3).</summary>
    public void AssertChecksum()
    {
        var written = ValueOf(3);
        var zeroed = Bytes.ToArray();
        var at = Bytes.AsSpan().IndexOf((byte[])[3, 0, 4, .. written]);
        zeroed.AsSpan(at + 3, 4).Clear();
        Assert.Equal(Crc32c(zeroed), BinaryPrimitives.ReadUInt32BigEndian(written));
    }

    /// <summary>Bit by bit, with Castagnoli's polynomial reflected.</summary>
    public static uint Crc32c(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
