using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Taps;

/// <summary>Packets of IP (RFC 791, RFC 8200) between two addresses, of one family: where one is IPv6, so is the other. A side without one, as of a Unix socket, is on loopback.</summary>
internal sealed class PacketBuilder
{
    private const int UdpHeader = 8, TcpHeader = 20, IPv4Header = 20, IPv6Header = 40;
    private const byte HopLimit = 64;
    private const ushort Window = 0xFFFF;

    private readonly IPEndPoint _client;
    private readonly IPEndPoint _server;
    private readonly bool _isIPv6;

    /// <summary>Those of one session.</summary>
    /// <param name="client">The client.</param>
    /// <param name="server">The address that it has asked.</param>
    /// <param name="id">Tells sessions apart that have no addresses.</param>
    public PacketBuilder(EndPoint? client, EndPoint? server, long id)
    {
        var (from, to) = (Plain(client) ?? new(IPAddress.Loopback, (int)(id % ushort.MaxValue)), Plain(server) ?? new(IPAddress.Loopback, 0));
        _isIPv6 = from.AddressFamily == AddressFamily.InterNetworkV6 || to.AddressFamily == AddressFamily.InterNetworkV6;
        (_client, _server) = _isIPv6 ? (new(from.Address.MapToIPv6(), from.Port), new(to.Address.MapToIPv6(), to.Port)) : (from, to);
    }

    /// <summary>A datagram (RFC 768).</summary>
    public byte[] Udp(bool fromClient, ReadOnlySpan<byte> data)
    {
        var packet = Begin(fromClient, ProtocolType.Udp, UdpHeader, data, out var header);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(UdpHeader + data.Length));
        // None would be 0.
        var sum = Checksum(packet, ProtocolType.Udp);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], sum == 0 ? ushort.MaxValue : sum);
        return packet;
    }

    /// <summary>A segment (RFC 9293).</summary>
    public byte[] Tcp(bool fromClient, uint seq, uint ack, TcpFlags flags, ReadOnlySpan<byte> data)
    {
        var packet = Begin(fromClient, ProtocolType.Tcp, TcpHeader, data, out var header);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], seq);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], ack);
        (header[12], header[13]) = (TcpHeader / 4 << 4, (byte)flags);
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], Checksum(packet, ProtocolType.Tcp));
        return packet;
    }

    private static IPEndPoint? Plain(EndPoint? endPoint) =>
        endPoint is IPEndPoint ip ? ip.Address.IsIPv4MappedToIPv6 ? new(ip.Address.MapToIPv4(), ip.Port) : ip : null;

    /// <summary>The packet with its addresses, ports and data.</summary>
    private byte[] Begin(bool fromClient, ProtocolType protocol, int headerLength, ReadOnlySpan<byte> data, out Span<byte> header)
    {
        var (source, target) = fromClient ? (_client, _server) : (_server, _client);
        var ip = _isIPv6 ? IPv6Header : IPv4Header;
        var packet = new byte[ip + headerLength + data.Length];
        if (_isIPv6)
            WriteIPv6(packet, protocol, source, target);
        else
            WriteIPv4(packet, protocol, source, target);
        header = packet.AsSpan(ip, headerLength);
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)target.Port);
        data.CopyTo(packet.AsSpan(ip + headerLength));
        return packet;
    }

    private static void WriteIPv4(Span<byte> packet, ProtocolType protocol, IPEndPoint source, IPEndPoint target)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)Math.Min(packet.Length, ushort.MaxValue));
        (packet[8], packet[9]) = (HopLimit, (byte)protocol);
        source.Address.TryWriteBytes(packet[12..], out _);
        target.Address.TryWriteBytes(packet[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~Fold(Sum(packet[..IPv4Header])));
    }

    private static void WriteIPv6(Span<byte> packet, ProtocolType protocol, IPEndPoint source, IPEndPoint target)
    {
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)Math.Min(packet.Length - IPv6Header, ushort.MaxValue));
        (packet[6], packet[7]) = ((byte)protocol, HopLimit);
        source.Address.TryWriteBytes(packet[8..], out _);
        target.Address.TryWriteBytes(packet[24..], out _);
    }

    // Over the pseudo-header, too (RFC 9293 section 3.1, RFC 8200 section 8.1); where the sum goes there are zeros yet.
    private ushort Checksum(ReadOnlySpan<byte> packet, ProtocolType protocol)
    {
        var ip = _isIPv6 ? IPv6Header : IPv4Header;
        var addresses = _isIPv6 ? packet[8..IPv6Header] : packet[12..IPv4Header];
        return (ushort)~Fold(Sum(addresses) + (uint)protocol + (uint)(packet.Length - ip) + Sum(packet[ip..]));
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0ul;
        for (; bytes.Length > 1; bytes = bytes[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)sum;
    }
}
