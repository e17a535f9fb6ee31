using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Answers each datagram with its name.</summary>
internal sealed class NamingDatagrams : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _answering;

    public NamingDatagrams(string name) => _answering = AnswerAsync(Encoding.ASCII.GetBytes(name));

    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _answering;
    }

    /// <summary>What comes back for a datagram from a port of its own.</summary>
    public static async Task<string> AskAsync(int port, CancellationToken cancellation)
    {
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await client.SendAsync("who?"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), cancellation);
        var answer = await client.ReceiveAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), cancellation);
        return Encoding.ASCII.GetString(answer.Buffer);
    }

    private async Task AnswerAsync(byte[] name)
    {
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync();
                await _socket.SendAsync(name, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
