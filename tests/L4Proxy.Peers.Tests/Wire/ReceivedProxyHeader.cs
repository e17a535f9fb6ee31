using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>
/// A PROXY header of version 2 with IPv4 addresses as a receiver sees it: read by the specification (section 2.2) and by
/// nothing of L4Proxy. What is not one fails the test.
/// </summary>
internal sealed class ReceivedProxyHeader
{
    private const int PrefixLength = 16;
    private const int AddressesLength = 12;
    private const byte Crc32c = 0x03;

    private readonly byte[] _header;
    private readonly Dictionary<byte, Range> _tlvs = [];

    private ReceivedProxyHeader(byte[] header) => _header = header;

    /// <summary>0x11 is TCP over IPv4, 0x12 UDP over IPv4.</summary>
    public byte FamilyAndTransport => _header[13];

    public IPEndPoint Source => new(new IPAddress(_header.AsSpan(16, 4)), BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(24)));

    public IPEndPoint Destination => new(new IPAddress(_header.AsSpan(20, 4)), BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(26)));

    /// <summary>Types in the order in which they came.</summary>
    public IReadOnlyCollection<byte> TlvTypes => _tlvs.Keys;

    /// <summary>Bytes that it has.</summary>
    public int Length => _header.Length;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Whether <paramref name="bytes"/> begin with one of version 2, whatever it says.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Signature);

    /// <summary>Reads the one that <paramref name="bytes"/> begin with.</summary>
    public static ReceivedProxyHeader Parse(ReadOnlySpan<byte> bytes)
    {
        Assert.True(Begins(bytes), $"No PROXY header: {Convert.ToHexString(bytes)}");
        Assert.Equal(0x21, bytes[12]);
        var header = new ReceivedProxyHeader(bytes[..LengthOf(bytes)].ToArray());
        for (var at = PrefixLength + AddressesLength; at < header.Length;)
        {
            var value = (at + 3)..(at + 3 + BinaryPrimitives.ReadUInt16BigEndian(header._header.AsSpan(at + 1)));
            Assert.True(header._tlvs.TryAdd(header._header[at], value), "A TLV came twice.");
            at = value.End.Value;
        }

        return header;
    }

    /// <summary>Reads the one that <paramref name="stream"/> begins with, and no byte behind it.</summary>
    public static async Task<ReceivedProxyHeader> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var prefix = new byte[PrefixLength];
        await stream.ReadExactlyAsync(prefix, cancellation);
        var header = new byte[LengthOf(prefix)];
        prefix.CopyTo(header, 0);
        await stream.ReadExactlyAsync(header.AsMemory(PrefixLength), cancellation);
        return Parse(header);
    }

    /// <summary>The value of a TLV that must be there.</summary>
    public ReadOnlySpan<byte> Tlv(byte type) => _header.AsSpan(_tlvs[type]);

    /// <summary>The same, where it is a text.</summary>
    public string Text(byte type) => Encoding.Latin1.GetString(Tlv(type));

    /// <summary>Whether its checksum, which must be there, is the right one.</summary>
    public bool ChecksumHolds()
    {
        var zeroed = _header.ToArray();
        zeroed.AsSpan(_tlvs[Crc32c]).Clear();
        return BinaryPrimitives.ReadUInt32BigEndian(Tlv(Crc32c)) == Checksum(zeroed);
    }

    private static int LengthOf(ReadOnlySpan<byte> prefix) => PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(prefix[14..]);

    // RFC 4960 appendix B, a bit at a time.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        const uint reversedPolynomial = 0x82F63B78;
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : reversedPolynomial);
        }

        return ~crc;
    }
}
