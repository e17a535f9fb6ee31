using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>A server that sends each client the same bytes and takes what comes; it tells what came, and how that ended.</summary>
internal sealed class TransferBackend : IAsyncDisposable
{
    private readonly byte[] _answer;
    private readonly bool _waits;
    private readonly bool _repeats;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    private readonly Task _accepting;
    private long _bytes;

    /// <summary>Starts it.</summary>
    /// <param name="answer">What it sends before it closes its half.</param>
    /// <param name="waits">Whether it sends only after the client's end.</param>
    /// <param name="repeats">Whether it sends the same again and again, without end.</param>
    public TransferBackend(byte[] answer, bool waits = false, bool repeats = false)
    {
        (_answer, _waits, _repeats) = (answer, waits, repeats);
        Port = FreePorts.Next();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start(1024);
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What has come so far, of all clients.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What the next client sent that has come to its end.</summary>
    public async Task<Received> NextAsync(CancellationToken cancellation) =>
        await _received.Reader.ReadAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromMinutes(2), cancellation);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            var sending = _waits ? Task.CompletedTask : SendAsync(client);
            await _received.Writer.WriteAsync(await ReceiveAsync(client));
            await (_waits ? SendAsync(client) : sending);
        }
    }

    private async Task<Received> ReceiveAsync(Socket client)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, total) = (new byte[65536], 0L);
        try
        {
            while (await client.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                total += count;
                Interlocked.Add(ref _bytes, count);
            }

            return new(total, Convert.ToHexString(hash.GetHashAndReset()), IsReset: false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return new(total, "", IsReset: true);
        }
    }

    private async Task SendAsync(Socket client)
    {
        try
        {
            do
            {
                for (var sent = 0; sent < _answer.Length;)
                    sent += await client.SendAsync(_answer.AsMemory(sent), _stop.Token);
            }
            while (_repeats);
            client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client has gone, or the test is over.
        }
    }

    /// <summary>What a client sent.</summary>
    internal sealed record Received(long Bytes, string Sha256, bool IsReset);
}
