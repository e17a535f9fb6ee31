using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>
/// Stands between two real programs, passes everything on and keeps what clients sent. Slow, it passes one byte each
/// millisecond on, so that each is a segment of its own.
/// </summary>
internal sealed class RecordingRelay : IAsyncDisposable
{
    private static readonly TimeSpan SlowPace = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly List<MemoryStream> _fromClients = [];
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly bool _slow;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public RecordingRelay(int target, bool slow = false)
    {
        _target = target;
        _slow = slow;
        Port = FreePorts.Next();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What each client sent so far, those that sent nothing left out, in an order that depends on the bytes alone.</summary>
    public IReadOnlyList<byte[]> FromClients
    {
        get
        {
            lock (_lock)
                return [.. _fromClients.Where(s => s.Length > 0).Select(s => s.ToArray()).OrderBy(Convert.ToHexString, StringComparer.Ordinal)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
                relays.Add(RelayAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            var record = new MemoryStream();
            lock (_lock)
                _fromClients.Add(record);
            await Task.WhenAll(CopyAsync(client, server, record), CopyAsync(server, client, null));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // A reset on one side is the end of both.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to, MemoryStream? record)
    {
        using var pace = new PeriodicTimer(SlowPace);
        var buffer = new byte[65536];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            lock (_lock)
                record?.Write(buffer, 0, count);
            var step = _slow && record is not null ? 1 : count;
            for (var sent = 0; sent < count; sent += step)
            {
                await to.SendAsync(buffer.AsMemory(sent, step), _stop.Token);
                if (step < count)
                    await pace.WaitForNextTickAsync(_stop.Token);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
