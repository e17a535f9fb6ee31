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
        while (control.Length >= ControlMessage.HeaderSize)
        {
            var length = MemoryMarshal.Read<ulong>(control);
            if (length < ControlMessage.HeaderSize || length > (ulong)control.Length)
                break;
            var data = control[ControlMessage.HeaderSize..(int)length];
            var level = MemoryMarshal.Read<int>(control[ControlMessage.LevelOffset..]);
            var type = MemoryMarshal.Read<int>(control[ControlMessage.TypeOffset..]);
            if (level == IP && type == IPPacketInfo && data.Length >= V4Size)
                return DatagramAddress.FromV4(data[V4LocalOffset..], port);
            if (level == IPv6 && type == IPv6PacketInfo && data.Length >= V6Size)
                return ReadV6(data, port);
            control = control[Math.Min(ControlMessage.Align((int)length), control.Length)..];
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
        var data = ControlMessage.Write(control, IP, IPPacketInfo, V4Size);
        data.Clear();
        from.WriteV4(data[V4LocalOffset..]);
        return ControlMessage.Align(ControlMessage.HeaderSize + V4Size);
    }

    private static int WriteV6(in DatagramAddress from, Span<byte> control)
    {
        var data = ControlMessage.Write(control, IPv6, IPv6PacketInfo, V6Size);
        from.WriteV6(data);
        MemoryMarshal.Write(data[V6InterfaceOffset..], from.Scope);
        return ControlMessage.Align(ControlMessage.HeaderSize + V6Size);
    }
}
