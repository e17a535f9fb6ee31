using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Gateway.Demo;

/// <summary>The demonstration starts even where another program has a port that it would like.</summary>
internal static class DemoPort
{
    /// <summary><paramref name="preferred"/> where it is free; else, saying so, a port that is.</summary>
    public static int Choose(int preferred)
    {
        try
        {
            return Bind(preferred);
        }
        catch (SocketException e)
        {
            var port = Bind(0);
            Console.WriteLine($"Port {preferred} cannot be used ({e.Message}); using {port} instead.");
            return port;
        }
    }

    private static int Bind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
