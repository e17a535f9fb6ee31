using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary><c>struct sockaddr_in</c> and <c>sockaddr_in6</c>, the family included.</summary>
internal static class SockAddr
{
    private const ushort Inet = 2;
    private const ushort Inet6 = 10;

    public static bool TryRead(ReadOnlySpan<byte> socketAddress, out DatagramAddress address)
    {
        address = default;
        return socketAddress.Length >= sizeof(ushort) && MemoryMarshal.Read<ushort>(socketAddress) switch
        {
            Inet => DatagramAddress.TryRead(socketAddress, AddressFamily.InterNetwork, out address),
            Inet6 => DatagramAddress.TryRead(socketAddress, AddressFamily.InterNetworkV6, out address),
            _ => false,
        };
    }

    /// <inheritdoc cref="DatagramAddress.Write"/>
    public static int Write(in DatagramAddress address, Span<byte> socketAddress, AddressFamily family)
    {
        MemoryMarshal.Write(socketAddress, family == AddressFamily.InterNetwork ? Inet : Inet6);
        return address.Write(socketAddress, family);
    }
}
