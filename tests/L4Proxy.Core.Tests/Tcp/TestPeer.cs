using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>One side of a connection, scripted: says exactly what it does on the wire, with a deadline on every wait.</summary>
internal sealed class TestPeer(Socket socket) : IDisposable
{
    /// <summary>How long a test waits for what should happen at once, on a machine that is busy.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    private bool _resetAtOnce;

    public Socket Socket => socket;

    public static async Task<TestPeer> ConnectAsync(EndPoint endPoint)
    {
        var socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        var peer = new TestPeer(socket);
        try
        {
            await socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken).InTime();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            peer._resetAtOnce = true; // Accepted and reset before this side looked.
        }
        return peer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, TestContext.Current.CancellationToken).InTime()..];
    }

    /// <summary>Receives exactly as many bytes as the text has.</summary>
    public async Task ExpectAsync(string text) => Assert.Equal(text, Encoding.UTF8.GetString(await ReceiveAsync(Encoding.UTF8.GetByteCount(text))));

    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        var done = 0;
        while (done < count)
        {
            var received = await ReceiveSomeAsync(bytes.AsMemory(done));
            Assert.True(received > 0, $"closed after {done} of {count} bytes");
            done += received;
        }
        return bytes;
    }

    /// <summary>Receives until the other side's FIN.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        for (;;)
        {
            var received = await ReceiveSomeAsync(buffer);
            if (received == 0)
                return all.ToArray();
            all.Write(buffer, 0, received);
        }
    }

    /// <summary>The other side's FIN, and nothing before it.</summary>
    public async Task ExpectFinAsync() => Assert.Equal(0, await ReceiveSomeAsync(new byte[1]));

    /// <summary>The other side's RST; bytes may come before it.</summary>
    public async Task ExpectResetAsync()
    {
        if (_resetAtOnce)
            return;
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            var buffer = new byte[65536];
            while (await ReceiveSomeAsync(buffer) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    /// <summary>The same once time is over: what the limit is to end may not have begun when it first is, and the proxy's clock looks again at each tick.</summary>
    public async Task ExpectResetInTimeAsync(ManualTimeProvider time)
    {
        var reset = ExpectResetAsync();
        while (!reset.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(6));
            await Task.Yield();
        }
        await reset;
    }

    /// <summary>The other side's RST after its FIN, which Linux shows to a sender only.</summary>
    public async Task ExpectResetAfterFinAsync() => await Assert.ThrowsAsync<SocketException>(async () =>
    {
        for (;;)
            await SendAsync("x");
    });

    /// <summary>What was sent and has not arrived at the other side.</summary>
    public int UnacknowledgedBytes => KernelQueue.Count((int)socket.SafeHandle.DangerousGetHandle(), ofUnsent: false);

    /// <summary>Returns when all that was sent has arrived at the other side.</summary>
    public Task ArrivedAsync() => UntilAsync(() => UnacknowledgedBytes == 0);

    /// <summary>Returns when there is something that was not received yet.</summary>
    public Task UnreadAsync() => UntilAsync(() => socket.Available > 0);

    /// <summary>FIN.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>RST.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Returns when something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var start = Stopwatch.GetTimestamp(); !condition(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "it did not come to pass in time");
    }

    public async Task<int> ReceiveSomeAsync(Memory<byte> buffer) =>
        await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).InTime();
}
