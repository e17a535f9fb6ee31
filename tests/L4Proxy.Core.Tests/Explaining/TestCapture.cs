using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Core.Tests.Explaining;

/// <summary>Captures: real ones (Captures/README.md), and such as are written here.</summary>
internal static class TestCapture
{
    public static IReadOnlyList<string> Files { get; } = ["curl.pcap", "dig.pcap", "dig-nanoseconds.pcap", "mosquitto.pcapng", "psql.pcapng", "chromium.pcapng"];

    public static byte[] Named(string file)
    {
        using var stream = typeof(TestCapture).Assembly.GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A pcap with these packets.</summary>
    public static byte[] Pcap(int linkType, bool isBigEndian, params byte[][] packets) =>
    [
        .. Number(0xa1b2c3d4, isBigEndian), .. isBigEndian ? (byte[])[0, 2, 0, 4] : [2, 0, 4, 0], .. new byte[12], .. Number((uint)linkType, isBigEndian),
        .. packets.SelectMany(packet => (byte[])[.. new byte[8], .. Number((uint)packet.Length, isBigEndian), .. Number((uint)packet.Length, isBigEndian), .. packet]),
    ];

    /// <summary>A pcapng with one section, one interface, and these in simple blocks.</summary>
    public static byte[] Pcapng(int linkType, bool isBigEndian, params byte[][] packets) =>
    [
        .. Block(0x0a0d0d0a, isBigEndian, [.. Number(0x1a2b3c4d, isBigEndian), 0, 1, 0, 0, .. Enumerable.Repeat((byte)0xff, 8)]),
        .. Block(1, isBigEndian, [.. isBigEndian ? Number((uint)linkType << 16, true) : Number((uint)linkType, false), 0, 0, 0, 0]),
        .. Block(0xbad, isBigEndian, [1, 2, 3, 4]),
        .. packets.SelectMany(packet => Block(3, isBigEndian, [.. Number((uint)packet.Length, isBigEndian), .. packet, .. new byte[(4 - (packet.Length % 4)) % 4]])),
    ];

    /// <summary>A segment of TCP in an IP packet.</summary>
    public static byte[] Tcp(string from, string to, uint sequence, byte flags, params byte[] payload)
    {
        var (source, destination) = (IPEndPoint.Parse(from), IPEndPoint.Parse(to));
        byte[] body = [.. Number16(source.Port), .. Number16(destination.Port), .. Number(sequence, true), 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0, .. payload];
        return Ip(source.Address, destination.Address, 6, body);
    }

    /// <summary>A datagram of UDP in an IP packet.</summary>
    public static byte[] Udp(string from, string to, params byte[] payload)
    {
        var (source, destination) = (IPEndPoint.Parse(from), IPEndPoint.Parse(to));
        return Ip(source.Address, destination.Address, 17, [.. Number16(source.Port), .. Number16(destination.Port), .. Number16(8 + payload.Length), 0, 0, .. payload]);
    }

    private static byte[] Ip(IPAddress source, IPAddress destination, byte protocol, byte[] body) => source.AddressFamily == AddressFamily.InterNetwork
        ? [0x45, 0, .. Number16(20 + body.Length), 0, 0, 0x40, 0, 64, protocol, 0, 0, .. source.GetAddressBytes(), .. destination.GetAddressBytes(), .. body]
        // Behind an empty header of destination options.
        : [0x60, 0, 0, 0, .. Number16(8 + body.Length), 60, 64, .. source.GetAddressBytes(), .. destination.GetAddressBytes(), protocol, 0, 1, 4, 0, 0, 0, 0, .. body];

    private static byte[] Block(uint type, bool isBigEndian, byte[] body)
    {
        var length = Number((uint)body.Length + 12, isBigEndian);
        return [.. Number(type, isBigEndian), .. length, .. body, .. length];
    }

    private static byte[] Number16(int number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Number(uint number, bool isBigEndian)
    {
        var bytes = new byte[4];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }
}
