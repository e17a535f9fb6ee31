using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace L4Proxy.Explaining.Captures;

/// <summary>Reads TCP (RFC 9293 section 3.1) and UDP (RFC 768) out of an IP packet, version 4 (RFC 791) or 6 (RFC 8200). Fragments are left out.</summary>
internal static class SegmentReader
{
    private const int ShortestIPv4 = 20;
    private const int IPv6Length = 40;
    private const int ShortestTcp = 20;
    private const int UdpLength = 8;
    private const int Tcp = 6;
    private const int Udp = 17;
    private const int MostExtensions = 8;
    private const byte Syn = 0x02;
    private const byte Ack = 0x10;

    public static bool TryRead(ReadOnlyMemory<byte> packet, [NotNullWhen(true)] out Segment? segment)
    {
        segment = packet.Span is [var first, ..] ? (first >> 4) switch
        {
            4 => OfIPv4(packet),
            6 => OfIPv6(packet),
            _ => null,
        } : null;
        return segment is not null;
    }

    private static Segment? OfIPv4(ReadOnlyMemory<byte> packet)
    {
        var bytes = packet.Span;
        if (bytes.Length < ShortestIPv4)
            return null;
        var headerLength = (bytes[0] & 0x0f) * 4;
        // More fragments, or an offset.
        var isFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3fff) != 0;
        if (headerLength < ShortestIPv4 || headerLength > bytes.Length || isFragment)
            return null;
        var whole = Cut(packet, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        if (whole.Length < headerLength)
            return null;
        return Of(bytes[9], new IPAddress(bytes[12..16]), new IPAddress(bytes[16..20]), whole[headerLength..]);
    }

    private static Segment? OfIPv6(ReadOnlyMemory<byte> packet)
    {
        var bytes = packet.Span;
        if (bytes.Length < IPv6Length)
            return null;
        int payloadLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var body = Cut(packet, payloadLength == 0 ? 0 : IPv6Length + payloadLength)[IPv6Length..];
        var next = bytes[6];
        // Hop-by-hop, routing, destination options.
        for (var i = 0; i < MostExtensions && next is 0 or 43 or 60; i++)
        {
            if (body.Length < 8 || body.Length < (body.Span[1] + 1) * 8)
                return null;
            (next, body) = (body.Span[0], body[((body.Span[1] + 1) * 8)..]);
        }
        return Of(next, new IPAddress(bytes[8..24]), new IPAddress(bytes[24..40]), body);
    }

    private static Segment? Of(int protocol, IPAddress source, IPAddress destination, ReadOnlyMemory<byte> body)
    {
        var bytes = body.Span;
        if (bytes.Length < (protocol == Tcp ? ShortestTcp : UdpLength) || protocol is not (Tcp or Udp))
            return null;
        var from = new IPEndPoint(source, BinaryPrimitives.ReadUInt16BigEndian(bytes));
        var to = new IPEndPoint(destination, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        if (protocol == Udp)
            return BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) is >= UdpLength and var length ? new(IsUdp: true, from, to, Cut(body, length)[UdpLength..]) : null;
        var headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < ShortestTcp || headerLength > bytes.Length)
            return null;
        return new(IsUdp: false, from, to, body[headerLength..], BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), (bytes[13] & (Syn | Ack)) == Syn);
    }

    /// <summary>Without what fills an Ethernet frame. Where the network card cuts the packets, the length that is captured is 0.</summary>
    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> bytes, int length) => length > 0 && length < bytes.Length ? bytes[..length] : bytes;
}
