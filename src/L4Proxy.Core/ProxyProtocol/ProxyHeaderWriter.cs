using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Unicode;
using L4Proxy.Transport;

namespace L4Proxy.ProxyProtocol;

/// <summary>Writes PROXY headers (PROXY protocol, sections 2.1 and 2.2). Pure.</summary>
/// <remarks>
/// <code>
/// 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a   signature
/// 21                                    version 2, PROXY (20: LOCAL)
/// 11                                    IPv4 (2.: IPv6), STREAM (.2: DGRAM); 00 where no addresses follow
/// 00 13                                 length of what follows
/// c0 00 02 01 c6 33 64 01 dc 04 01 bb   source, destination, their ports
/// 03 00 04 xx xx xx xx                  TLVs: type, length, value
/// </code>
/// </remarks>
internal static class ProxyHeaderWriter
{
    // What a receiver has to expect (section 2.1).
    private const int LongestLine = 107;
    private const int FixedLength = 16;
    private const int V6AddressesLength = 36;
    private const int TlvHeaderLength = 3;

    private static ReadOnlySpan<byte> Unknown => "PROXY UNKNOWN\r\n"u8;

    /// <summary>Bytes that a header may take up.</summary>
    public static int MaxLength(ProxyHeader header) =>
        header.Version == 1 ? LongestLine : FixedLength + V6AddressesLength + header.Tlvs.Sum(tlv => TlvHeaderLength + tlv.Value.Length);

    /// <summary>
    /// Writes a header. Without two IP addresses it names none: <c>UNKNOWN</c> in version 1, <c>LOCAL</c> in version 2, which
    /// is what HAProxy sends for the client of a Unix socket. An IPv4 and an IPv6 address are both written as IPv6.
    /// </summary>
    /// <param name="header">What to say; its TLVs are 65499 bytes at the most. Four bytes of a CRC32c TLV are filled in.</param>
    /// <param name="isDatagram">Whether the client speaks UDP.</param>
    /// <param name="buffer">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>Its length.</returns>
    public static int Write(ProxyHeader header, bool isDatagram, Span<byte> buffer)
    {
        (DatagramAddress Source, DatagramAddress Destination)? addresses =
            header is { IsLocal: false, Source: IPEndPoint source, Destination: IPEndPoint destination }
                ? (DatagramAddress.From(source), DatagramAddress.From(destination))
                : null;
        return header.Version == 1 ? WriteLine(addresses, buffer) : WriteBinary(addresses, isDatagram, header.Tlvs, buffer);
    }

    private static int WriteLine((DatagramAddress Source, DatagramAddress Destination)? addresses, Span<byte> buffer)
    {
        if (addresses is not var (source, destination))
        {
            Unknown.CopyTo(buffer);
            return Unknown.Length;
        }
        var isIPv4 = source.IsIPv4 && destination.IsIPv4;
        Utf8.TryWrite(
            buffer, CultureInfo.InvariantCulture,
            $"PROXY TCP{(isIPv4 ? 4 : 6)} {AddressOf(source)} {AddressOf(destination)} {source.Port} {destination.Port}\r\n", out var length);
        return length;

        // Without its scope, which means something on this machine alone.
        IPAddress AddressOf(in DatagramAddress address)
        {
            Span<byte> bytes = stackalloc byte[16];
            address.WriteV6(bytes);
            return new(isIPv4 ? bytes[12..] : bytes);
        }
    }

    private static int WriteBinary(
        (DatagramAddress Source, DatagramAddress Destination)? addresses, bool isDatagram, ImmutableArray<ProxyTlv> tlvs, Span<byte> buffer)
    {
        ProxyHeaderV2.Signature.CopyTo(buffer);
        buffer[12] = (byte)(addresses is null ? 0x20 : 0x21);
        buffer[13] = 0;
        var length = FixedLength;
        if (addresses is var (source, destination))
        {
            var isIPv4 = source.IsIPv4 && destination.IsIPv4;
            buffer[13] = (byte)((isIPv4 ? 0x10 : 0x20) | (isDatagram ? 2 : 1));
            length += WriteAddresses(source, destination, isIPv4, buffer[FixedLength..]);
        }
        var checksum = Span<byte>.Empty;
        foreach (var (type, value) in tlvs)
        {
            buffer[length] = type;
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(length + 1)..], (ushort)value.Length);
            var written = buffer.Slice(length + TlvHeaderLength, value.Length);
            value.Span.CopyTo(written);
            if (type == ProxyTlvType.Crc32C)
                checksum = written;
            length += TlvHeaderLength + value.Length;
        }
        BinaryPrimitives.WriteUInt16BigEndian(buffer[14..], (ushort)(length - FixedLength));
        checksum.Clear(); // It counts as zero in its own sum.
        if (!checksum.IsEmpty)
            BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32C.Compute(buffer[..length]));
        return length;
    }

    private static int WriteAddresses(in DatagramAddress source, in DatagramAddress destination, bool isIPv4, Span<byte> buffer)
    {
        var size = isIPv4 ? 4 : 16;
        if (isIPv4)
        {
            source.WriteV4(buffer);
            destination.WriteV4(buffer[size..]);
        }
        else
        {
            source.WriteV6(buffer);
            destination.WriteV6(buffer[size..]);
        }
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(2 * size)..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[((2 * size) + 2)..], (ushort)destination.Port);
        return (2 * size) + 4;
    }
}
