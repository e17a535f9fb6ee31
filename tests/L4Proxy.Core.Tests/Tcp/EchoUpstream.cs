using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A server for many connections: it sends back what comes, and closes when its client has. It can go away and come back.</summary>
internal sealed class EchoUpstream : IAsyncDisposable
{
    private Socket _listener;
    private Task _accepting;
    private int _accepted;

    public EchoUpstream()
    {
        _listener = Listen(FreePorts.On(IPAddress.Loopback));
        Address = _listener.LocalEndPoint!;
        _accepting = AcceptAsync(_listener);
    }

    public EndPoint Address { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Nothing listens any more; the connections that are there go on.</summary>
    public async Task GoAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    public void ComeBack()
    {
        _listener = Listen(Address);
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync() => await GoAsync();

    private static Socket Listen(EndPoint address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(address);
        listener.Listen(4096);
        return listener;
    }

    private static async Task EchoAsync(Socket socket)
    {
        using var connection = socket;
        var buffer = new byte[64];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
                await socket.SendAsync(buffer.AsMemory(0, count));
        }
        catch (SocketException)
        {
            // Reset: whoever has done that knows.
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            for (;;)
            {
                _ = EchoAsync(await listener.AcceptAsync());
                Interlocked.Increment(ref _accepted);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone.
        }
    }
}
