using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Peers.Tests.Programs;

/// <summary>
/// Hands out ports that nobody uses, each only once. They lie below the range the kernel takes outgoing ports from, so that
/// none is taken between here and the program that will listen on it.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 14000;
    private const int Count = 18000;
    private static int _last = Random.Shared.Next(Count);

    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
