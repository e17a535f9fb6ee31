using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// The control message that says which of this machine's addresses a datagram came to, and with which one it is to leave
/// by (ip(7) <c>IP_PKTINFO</c>; ipv6(7) <c>IPV6_PKTINFO</c>, RFC 3542 section 6). A socket of IPv6 speaks of IPv4 in mapped
/// addresses.
/// </summary>
internal static class PacketInfo
{
    /// <summary>Room for one control message of either family.</summary>
    public const int MaxSize = 64;

    // struct cmsghdr: size_t length, header included; int level; int type. Data and the next message are aligned to 8.
    private const int LevelOffset = 8;
    private const int TypeOffset = 12;
    private const int HeaderSize = 16;
    private const int Alignment = 8;

    private const int IP = 0;
    private const int IPPacketInfo = 8;

    // struct in_pktinfo: int interface; in_addr to reply from; in_addr in the header, which may be a broadcast address.
    private const int V4LocalOffset = 4;
    private const int V4Size = 12;

    private const int IPv6 = 41;
    private const int IPv6PacketInfo = 50;

    // struct in6_pktinfo: in6_addr; int interface.
    private const int V6InterfaceOffset = 16;
    private const int V6Size = 20;

    /// <summary>Asks the kernel for it with every datagram.</summary>
    public static void Enable(Socket socket) => socket.SetSocketOption(
        socket.AddressFamily == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6,
        SocketOptionName.PacketInformation, optionValue: true);

    /// <summary>The address that replies must come from: unspecified where there is none, as for a multicast.</summary>
    public static DatagramAddress Read(ReadOnlySpan<byte> control, int port)
    {
        while (control.Length >= HeaderSize)
        {
            var length = MemoryMarshal.Read<ulong>(control);
            if (length < HeaderSize || length > (ulong)control.Length)
                break;
            var data = control[HeaderSize..(int)length];
            var level = MemoryMarshal.Read<int>(control[LevelOffset..]);
            var type = MemoryMarshal.Read<int>(control[TypeOffset..]);
            if (level == IP && type == IPPacketInfo && data.Length >= V4Size)
                return DatagramAddress.FromV4(data[V4LocalOffset..], port);
            if (level == IPv6 && type == IPv6PacketInfo && data.Length >= V6Size)
                return ReadV6(data, port);
            control = control[Math.Min(Align((int)length), control.Length)..];
        }
        return default;
    }

    /// <summary>Writes the control message for a datagram that leaves from <paramref name="from"/>.</summary>
    /// <returns>Its length, padding included; 0 when the system is to choose, or when the socket's family has no such address.</returns>
    public static int Write(in DatagramAddress from, Span<byte> control, AddressFamily family)
    {
        if (from.IsUnspecified || (family == AddressFamily.InterNetwork && !from.IsIPv4))
            return 0;
        return family == AddressFamily.InterNetwork ? WriteV4(from, control) : WriteV6(from, control);
    }

    private static DatagramAddress ReadV6(ReadOnlySpan<byte> data, int port)
    {
        var local = new DatagramAddress(data, port);
        if (local.IsMulticast)
            return default;
        return local.IsLinkLocal ? new(data, port, MemoryMarshal.Read<uint>(data[V6InterfaceOffset..])) : local;
    }

    private static int WriteV4(in DatagramAddress from, Span<byte> control)
    {
        var data = WriteHeader(control, IP, IPPacketInfo, V4Size);
        data.Clear();
        from.WriteV4(data[V4LocalOffset..]);
        return Align(HeaderSize + V4Size);
    }

    private static int WriteV6(in DatagramAddress from, Span<byte> control)
    {
        var data = WriteHeader(control, IPv6, IPv6PacketInfo, V6Size);
        from.WriteV6(data);
        MemoryMarshal.Write(data[V6InterfaceOffset..], from.Scope);
        return Align(HeaderSize + V6Size);
    }

    private static Span<byte> WriteHeader(Span<byte> control, int level, int type, int size)
    {
        MemoryMarshal.Write(control, (ulong)(HeaderSize + size));
        MemoryMarshal.Write(control[LevelOffset..], level);
        MemoryMarshal.Write(control[TypeOffset..], type);
        control[(HeaderSize + size)..Align(HeaderSize + size)].Clear();
        return control.Slice(HeaderSize, size);
    }

    private static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
