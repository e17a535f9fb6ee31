using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Dashboard.Tests.Gateways;

/// <summary>Sends each datagram back.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly UdpClient _socket;
    private readonly Task _echoing;

    public UdpEcho()
    {
        Port = FreePorts.Next();
        _socket = new(new IPEndPoint(IPAddress.Loopback, Port));
        _echoing = EchoAsync();
    }

    public int Port { get; }

    /// <summary>Sends a datagram to a port, and answers what comes back.</summary>
    public static async Task<byte[]> AskAsync(int port, byte[] question, CancellationToken cancellation)
    {
        using var client = Connect(port);
        return await AskAsync(client, question, cancellation);
    }

    public static async Task<byte[]> AskAsync(UdpClient client, byte[] question, CancellationToken cancellation)
    {
        await client.SendAsync(question, cancellation);
        return (await client.ReceiveAsync(cancellation)).Buffer;
    }

    public static UdpClient Connect(int port)
    {
        var client = new UdpClient();
        client.Connect(IPAddress.Loopback, port);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _echoing;
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync();
                await _socket.SendAsync(received.Buffer, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
