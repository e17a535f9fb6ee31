using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Says its name to whoever connects, and closes.</summary>
internal sealed class NamedBackend : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Task _accepting;

    public NamedBackend(string name, string address, int port)
    {
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start(1024);
        _accepting = AcceptAsync(Encoding.ASCII.GetBytes(name));
    }

    /// <summary>It dies, once.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync(byte[] name)
    {
        try
        {
            while (true)
                await SayAsync(await _listener.AcceptSocketAsync(), name);
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test is over, or wants it dead.
        }
    }

    private static async Task SayAsync(Socket client, byte[] name)
    {
        using (client)
        {
            try
            {
                await client.SendAsync(name);
            }
            catch (SocketException)
            {
                // The client has gone.
            }
        }
    }
}
