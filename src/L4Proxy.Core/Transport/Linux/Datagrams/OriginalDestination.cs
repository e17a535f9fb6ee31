using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>The control message that says which address and port a datagram was sent to (ip(7) <c>IP_RECVORIGDSTADDR</c>, and its twin of IPv6).</summary>
internal static class OriginalDestination
{
    private const int IP = 0;
    private const int IPOriginalDestination = 20;
    private const int IPv6 = 41;
    private const int IPv6OriginalDestination = 74;

    // struct sockaddr_in, sockaddr_in6: the family, the port.
    private const int PortOffset = 2;
    private const int PortEnd = 4;

    /// <summary>Asks the kernel for it with every datagram.</summary>
    public static unsafe bool TryEnable(int descriptor, bool isIPv4)
    {
        var one = 1;
        return isIPv4
            ? Syscalls.SetOption(descriptor, IP, IPOriginalDestination, &one, sizeof(int)) == 0
            : Syscalls.SetOption(descriptor, IPv6, IPv6OriginalDestination, &one, sizeof(int)) == 0;
    }

    /// <summary>The port; 0 where it is not the first message.</summary>
    public static int ReadPort(ReadOnlySpan<byte> control)
    {
        if (control.Length < ControlMessage.HeaderSize + PortEnd)
            return 0;
        var level = MemoryMarshal.Read<int>(control[ControlMessage.LevelOffset..]);
        var type = MemoryMarshal.Read<int>(control[ControlMessage.TypeOffset..]);
        return (level, type) is (IP, IPOriginalDestination) or (IPv6, IPv6OriginalDestination)
            ? BinaryPrimitives.ReadUInt16BigEndian(control[(ControlMessage.HeaderSize + PortOffset)..])
            : 0;
    }
}
