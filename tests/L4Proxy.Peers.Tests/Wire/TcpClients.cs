using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Sockets for what no well-behaved program does.</summary>
internal static class TcpClients
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static Task<Socket> ConnectAsync(int port, CancellationToken cancellation) =>
        ConnectAsync(port, IPAddress.Loopback.ToString(), cancellation);

    /// <summary>Connects from an address of loopback.</summary>
    public static async Task<Socket> ConnectAsync(int port, string from, CancellationToken cancellation)
    {
        var socket = BoundTo(from);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation).AsTask().WaitAsync(Deadline, cancellation);
        return socket;
    }

    /// <summary>A socket that will connect from an address of loopback, and whose own port is known already.</summary>
    public static Socket BoundTo(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    }

    /// <summary>Connects, sends, and waits for the end; answers whether that was a reset, and nothing came before it.</summary>
    public static async Task<bool> IsResetAsync(Socket bound, int port, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            // A reset may come at any of these.
            await bound.ConnectAsync(IPAddress.Loopback, port, cancellation).AsTask().WaitAsync(Deadline, cancellation);
            await bound.SendAsync(bytes, cancellation);
            _ = await bound.ReceiveAsync(new byte[1], cancellation).AsTask().WaitAsync(Deadline, cancellation);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>Everything that comes until the other side closes.</summary>
    public static async Task<string> ReadToEndAsync(Socket socket, CancellationToken cancellation)
    {
        var text = new System.Text.StringBuilder();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, cancellation).AsTask().WaitAsync(Deadline, cancellation) is > 0 and var count)
            text.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
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
