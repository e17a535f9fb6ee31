using System.Buffers.Binary;

namespace L4Proxy.Explaining.Captures;

/// <summary>What a packet begins with before IP, by its link type (tcpdump.org/linktypes.html).</summary>
internal static class LinkLayer
{
    private const int Null = 0;
    private const int Ethernet = 1;
    private const int RawOfBsd = 12;
    private const int RawOfOpenBsd = 14;
    private const int Raw = 101;
    private const int Loop = 108;
    private const int LinuxCooked = 113;
    private const int IPv4 = 228;
    private const int IPv6 = 229;
    private const int LinuxCooked2 = 276;

    private const int LoopLength = 4;
    private const int EthernetLength = 14;
    private const int VlanLength = 4;
    private const int CookedLength = 16;
    private const int Cooked2Length = 20;
    private const int MostVlans = 2;

    /// <summary>The IP packet in it; empty where there is none.</summary>
    public static ReadOnlyMemory<byte> IpOf(in CapturedPacket packet)
    {
        var bytes = packet.Bytes;
        return packet.LinkType switch
        {
            Null or Loop => From(bytes, LoopLength),
            Ethernet => OfEthernet(bytes),
            LinuxCooked => OfType(bytes, CookedLength, typeAt: 14),
            LinuxCooked2 => OfType(bytes, Cooked2Length, typeAt: 0),
            RawOfBsd or RawOfOpenBsd or Raw or IPv4 or IPv6 => bytes,
            _ => default,
        };
    }

    private static ReadOnlyMemory<byte> OfEthernet(ReadOnlyMemory<byte> bytes)
    {
        var length = EthernetLength;
        // IEEE 802.1Q, and 802.1ad outside of it.
        for (var i = 0; i < MostVlans && bytes.Length >= length && TypeAt(bytes, length - 2) is 0x8100 or 0x88a8; i++)
            length += VlanLength;
        return OfType(bytes, length, length - 2);
    }

    private static ReadOnlyMemory<byte> OfType(ReadOnlyMemory<byte> bytes, int length, int typeAt) =>
        bytes.Length >= length && TypeAt(bytes, typeAt) is 0x0800 or 0x86dd ? bytes[length..] : default;

    private static int TypeAt(ReadOnlyMemory<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[at..]);

    private static ReadOnlyMemory<byte> From(ReadOnlyMemory<byte> bytes, int length) => bytes.Length >= length ? bytes[length..] : default;
}
