using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.ProxyProtocol;

/// <summary>Reads a header of version 2 (PROXY protocol, section 2.2).</summary>
/// <remarks>
/// <code>
/// 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a    signature
/// 21                                     version 2, PROXY; 20 is LOCAL
/// 11                                     IPv4, stream
/// 00 13                                  19 bytes follow
///   c0 00 02 01  c6 33 64 01             source, destination
///   dc 04  01 bb                         their ports
///   03 00 04  ...                        TLVs: here PP2_TYPE_CRC32C, 4 bytes
/// </code>
/// </remarks>
internal static class ProxyHeaderV2
{
    private const int PreambleLength = 16;
    private const int UnixAddressLength = 108;
    private const int UnknownFamily = -1;

    // Makes addresses from bytes, which need not be text, and may be none at all.
    private static readonly UnixDomainSocketEndPoint UnixFactory = new("/");

    /// <summary>What a header begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads what begins with <see cref="Signature"/>.</summary>
    public static ProxyHeaderResult Parse(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[Signature.Length..];
        if (rest.Length > 0 && rest[0] is not (0x20 or 0x21))
            return ProxyHeaderResult.Invalid("not version 2, or neither LOCAL nor PROXY");
        if (rest.Length < PreambleLength - Signature.Length)
            return ProxyHeaderResult.NeedMore;
        var isLocal = rest[0] == 0x20;
        var length = PreambleLength + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (length > ProxyHeaderParser.MaxLength)
            return ProxyHeaderResult.Invalid("longer than 16 KiB");
        if (!isLocal && length < PreambleLength + AddressLengthOf(rest[1]))
            return ProxyHeaderResult.Invalid("too short for its addresses");
        return bytes.Length < length ? ProxyHeaderResult.NeedMore : Read(bytes[..length], isLocal, family: rest[1]);
    }

    private static ProxyHeaderResult Read(ReadOnlySpan<byte> header, bool isLocal, byte family)
    {
        // LOCAL is to be accepted, whatever is in it, and nothing of that to be used: health checks come so.
        if (isLocal)
            return ProxyHeaderResult.Found(new ProxyHeader { Version = 2, IsLocal = true }, header.Length);
        var addressLength = AddressLengthOf(family);
        var hasAddresses = addressLength > 0;
        var tlvs = ImmutableArray<ProxyTlv>.Empty;
        // Where the family is unknown, so is where its addresses end.
        if (addressLength != UnknownFamily && header.Length > PreambleLength + addressLength)
        {
            var copy = header.ToArray();
            var error = !ProxyTlvs.TryRead(copy.AsMemory(PreambleLength + addressLength), out tlvs) ? "a TLV longer than what is left"
                : !ProxyTlvs.Verify(copy, tlvs) ? "wrong CRC32C"
                : null;
            if (error is not null && hasAddresses)
                return ProxyHeaderResult.Invalid(error);
            // UNSPEC is to be accepted, too; what cannot be believed is not used.
            if (error is not null)
                tlvs = [];
        }
        var (source, destination) = hasAddresses ? AddressesOf(header.Slice(PreambleLength, addressLength)) : default;
        return ProxyHeaderResult.Found(
            new ProxyHeader { Version = 2, Source = source, Destination = destination, Tlvs = tlvs }, header.Length);
    }

    // The family in the upper half of the byte, STREAM or DGRAM in the lower.
    private static int AddressLengthOf(byte family) => family switch
    {
        0x00 => 0,
        0x11 or 0x12 => 12,
        0x21 or 0x22 => 36,
        0x31 or 0x32 => 2 * UnixAddressLength,
        _ => UnknownFamily,
    };

    private static (EndPoint Source, EndPoint Destination) AddressesOf(ReadOnlySpan<byte> block)
    {
        if (block.Length == 2 * UnixAddressLength)
            return (UnixAddress(block[..UnixAddressLength]), UnixAddress(block[UnixAddressLength..]));
        var size = (block.Length - 4) / 2;
        var ports = block[^4..];
        return (new IPEndPoint(new IPAddress(block[..size]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(new IPAddress(block.Slice(size, size)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
    }

    private static EndPoint UnixAddress(ReadOnlySpan<byte> path)
    {
        path = path.TrimEnd((byte)0);
        // An abstract name begins with a zero byte; any other ends at one.
        if (!path.IsEmpty && path[0] != 0 && path.IndexOf((byte)0) is > 0 and var end)
            path = path[..end];
        var address = new SocketAddress(AddressFamily.Unix, sizeof(ushort) + path.Length);
        path.CopyTo(address.Buffer.Span[sizeof(ushort)..]);
        return UnixFactory.Create(address);
    }
}
