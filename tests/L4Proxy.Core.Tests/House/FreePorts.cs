using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Core.Tests.House;

/// <summary>
/// Ports of TCP and UDP that nobody uses, each handed out once. They lie below those that the kernel gives to whoever names none
/// (ip_local_port_range): no other test and no program gets one meanwhile, on no address, and a port that a test has left stays empty.
/// </summary>
internal static class FreePorts
{
    private const int First = 10_000;
    private const int Count = 22_000;
    private static int s_next = Random.Shared.Next(Count);

    /// <summary>One between two that nobody uses either, for tests in which something leads to the next one.</summary>
    public static int Next() => Row(3) + 1;

    /// <summary>An address of this machine with such a port.</summary>
    public static IPEndPoint On(IPAddress address) => new(address, Next());

    /// <summary>The lowest port of so many in a row.</summary>
    public static int Row(int count)
    {
        for (;;)
        {
            var offset = (int)((uint)(Interlocked.Add(ref s_next, count) - count) % Count);
            var low = First + offset;
            if (offset + count <= Count && Enumerable.Range(low, count).All(IsFree))
                return low;
        }
    }

    /// <summary>As a pool has them.</summary>
    public static string Text(int low, int count) => string.Create(CultureInfo.InvariantCulture, $"{low}-{low + count - 1}");

    private static bool IsFree(int port) =>
        CanBind(port, SocketType.Stream, ProtocolType.Tcp) && CanBind(port, SocketType.Dgram, ProtocolType.Udp);

    private static bool CanBind(int port, SocketType type, ProtocolType protocol)
    {
        var family = Socket.OSSupportsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        using var socket = new Socket(family, type, protocol);
        try
        {
            if (Socket.OSSupportsIPv6)
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
