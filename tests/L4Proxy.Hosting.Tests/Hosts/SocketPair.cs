using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>Two ends of one TCP connection over loopback.</summary>
internal static class SocketPair
{
    public static async Task<(Socket Server, Socket Client)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!).InTime();
        return (await listener.AcceptAsync().InTime(), client);
    }
}
