using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Sockets for what no well-behaved program does.</summary>
internal static class TcpClients
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task<Socket> ConnectAsync(int port, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation).AsTask().WaitAsync(Deadline, cancellation);
        return socket;
    }

    /// <summary>Sends a line and answers what comes back for it.</summary>
    public static async Task<string> AskAsync(Socket socket, string line, CancellationToken cancellation)
    {
        var sent = System.Text.Encoding.ASCII.GetBytes(line);
        await socket.SendAsync(sent, cancellation);
        var received = new byte[sent.Length];
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.ReadExactlyAsync(received, cancellation).AsTask().WaitAsync(Deadline, cancellation);
        return System.Text.Encoding.ASCII.GetString(received);
    }

    /// <summary>Waits until the other side has closed or reset the connection; what it says before is not looked at.</summary>
    public static async Task WaitForEndAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellation).AsTask().WaitAsync(Deadline, cancellation) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset.
        }
    }
}
