using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Peers.Tests.Awkward;

/// <summary>One side of a connection, and what it sees.</summary>
internal sealed class Side(Socket socket) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // Each client begins with it.
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    public Socket Socket => socket;

    public static async Task<Side> ConnectAsync(int port, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(IPAddress.Loopback, port).WaitAsync(s_patience);
        await socket.SendAsync(s_hello);
        return new(socket);
    }

    /// <summary>The next client that is one: who looked whether a proxy listens has left connections behind.</summary>
    public static async Task<Side> AcceptAsync(TcpListener listener)
    {
        for (;;)
        {
            var side = new Side(await listener.AcceptSocketAsync().WaitAsync(s_patience));
            if (await side.ReceiveAsync(s_hello.Length) == $"{s_hello.Length} bytes")
                return side;
            side.Dispose();
        }
    }

    public Task SendAsync(string text) => SendAsync(System.Text.Encoding.ASCII.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes).AsTask().WaitAsync(s_patience)..];
    }

    /// <summary>Sends until it is told that nobody listens.</summary>
    public async Task SendUntilItFailsAsync()
    {
        try
        {
            for (;;)
                await SendAsync(new byte[65536]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // That is the end.
        }
    }

    /// <summary>Receives exactly so many bytes, or says how it ended before.</summary>
    public Task<string> ReceiveAsync(int count) => ReceiveAsync(count, TimeSpan.Zero);

    /// <summary>Receives to the end, at a rate that spreads <paramref name="expected"/> bytes over some time; says how many and what end.</summary>
    public async Task<string> ReceiveAsync(int most, TimeSpan over, int expected = 1)
    {
        var total = 0;
        var start = Stopwatch.GetTimestamp();
        var buffer = new byte[over > TimeSpan.Zero ? expected / 100 : 65536];
        using var pace = new PeriodicTimer(over > TimeSpan.Zero ? over / 100 : TimeSpan.FromMilliseconds(1));
        try
        {
            while (total < most)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, most - total))).AsTask().WaitAsync(s_patience);
                if (count == 0)
                    return $"{total} bytes, FIN";
                total += count;
                while (Stopwatch.GetElapsedTime(start) < over * ((double)total / expected))
                    await pace.WaitForNextTickAsync();
            }
            return $"{total} bytes";
        }
        catch (SocketException e)
        {
            return $"{total} bytes, {(e.SocketErrorCode == SocketError.ConnectionReset ? "RST" : e.SocketErrorCode)}";
        }
        catch (TimeoutException)
        {
            return $"{total} bytes, then nothing";
        }
    }

    public Task<string> ReceiveToEndAsync() => ReceiveAsync(int.MaxValue);

    /// <summary>Returns when something has come that is not read.</summary>
    public async Task UnreadAsync(CancellationToken cancellation)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (socket.Available == 0)
            await pace.WaitForNextTickAsync(cancellation);
    }

    /// <summary>FIN.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>RST.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();
}
