using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>ICMP "destination unreachable" of any code, as a router on the way would send it (RFC 792).</summary>
internal static class ForgedIcmp
{
    private const int DestinationUnreachable = 3;

    /// <summary>Tells the sender of a datagram over IPv4 that it did not arrive, or skips the test where raw sockets are not allowed.</summary>
    /// <param name="code">1 host unreachable, 4 too long for the path, 13 prohibited, …</param>
    /// <param name="source">Who is said to have sent the datagram, and is told.</param>
    /// <param name="destination">Where it was going.</param>
    public static void Send(byte code, IPEndPoint source, IPEndPoint destination)
    {
        using var socket = RawSocket();
        socket.SendTo(Message(code, source, destination), new IPEndPoint(source.Address, 0));
    }

    private static Socket RawSocket()
    {
        try
        {
            return new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        }
        catch (SocketException)
        {
            Assert.Skip("raw sockets need root");
            throw;
        }
    }

    private static byte[] Message(byte code, IPEndPoint source, IPEndPoint destination)
    {
        var message = new byte[36];
        message[0] = DestinationUnreachable;
        message[1] = code;
        // The next hop's MTU (RFC 1191): so large that the system learns nothing from it.
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), 65535);
        var ip = message.AsSpan(8);
        ip[0] = 0x45; // version 4, a header of five words
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], 28);
        ip[8] = 64;
        ip[9] = (byte)ProtocolType.Udp;
        source.Address.TryWriteBytes(ip[12..], out _);
        destination.Address.TryWriteBytes(ip[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], (ushort)destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], 8);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    private static ushort Checksum(ReadOnlySpan<byte> message)
    {
        var sum = 0;
        for (var i = 0; i < message.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        return (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }
}
