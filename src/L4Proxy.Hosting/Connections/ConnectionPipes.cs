using System.IO.Pipelines;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Connections;

/// <summary>
/// A connection of ours as a pair of pipes. Each direction ends on its own: completing <see cref="Output"/> sends FIN (over TLS
/// close_notify first), completing it with an exception resets. Who uses the pipes goes on on the thread pool, never on a reactor.
/// </summary>
internal sealed class ConnectionPipes : IDuplexPipe
{
    // Bounds for who takes nothing of what lies before the FIN, and between tries to end a wait that has not begun yet.
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20);

    private readonly TransportConnection _connection;
    private readonly Pipe _received = new(new PipeOptions(readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly Pipe _toSend = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false));
    private readonly Task _receiving;
    private readonly Task _sending;
    private volatile bool _isClosing;

    /// <summary>Begins to receive and to send.</summary>
    /// <param name="connection">Not to be used by anybody else from now on, except to abort it.</param>
    /// <param name="preface">What was already read of it.</param>
    public ConnectionPipes(TransportConnection connection, ReadOnlyMemory<byte> preface)
    {
        _connection = connection;
        _receiving = Task.Run(() => ReceiveAsync(preface));
        _sending = Task.Run(SendAsync);
    }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _toSend.Writer;

    /// <summary>Sends what is left and FIN. Who does not take it in time is cut off.</summary>
    public async ValueTask CloseAsync()
    {
        await Output.CompleteAsync();
        await Input.CompleteAsync();
        await _sending.WaitAsync(s_linger).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_sending.IsCompleted)
            _connection.Abort();
        _isClosing = true;
        while (!_receiving.IsCompleted)
        {
            _connection.CancelWait();
            await _receiving.WaitAsync(s_retry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync(ReadOnlyMemory<byte> preface)
    {
        Exception? error = null;
        try
        {
            if (preface.IsEmpty || !(await _received.Writer.WriteAsync(preface)).IsCompleted)
                error = await FillAsync();
        }
        catch (Exception e)
        {
            error = e;
        }
        await _received.Writer.CompleteAsync(error);
    }

    /// <summary>Receives to the end.</summary>
    /// <returns>Null, or what has gone wrong.</returns>
    private async Task<Exception?> FillAsync()
    {
        while (!_isClosing)
        {
            // An idle connection holds no buffer.
            var result = await _connection.WaitAsync();
            if (result.Status == TransportStatus.Ok)
                result = await _connection.TakeAsync(_received.Writer.GetMemory());
            if (result.Status == TransportStatus.Canceled)
                continue;
            // Pipes cannot tell a TLS that was cut off from one that has ended.
            if (result is { Bytes: 0, Status: TransportStatus.Ok or TransportStatus.Truncated })
                return null;
            if (result.Status != TransportStatus.Ok)
                return result.Status == TransportStatus.Aborted ? new ConnectionAbortedException() : new ConnectionResetException(result.Status.ToString());
            _received.Writer.Advance(result.Bytes);
            if ((await _received.Writer.FlushAsync()).IsCompleted)
                return null;
        }
        return null;
    }

    private async Task SendAsync()
    {
        try
        {
            await DrainAsync();
        }
        catch (Exception)
        {
            // Completed with it: what was said so far is not all.
            _connection.Abort();
        }
        // Who still writes is told so by its flushes, as with Kestrel's own connections.
        await _toSend.Reader.CompleteAsync();
    }

    private async Task DrainAsync()
    {
        for (;;)
        {
            var read = await _toSend.Reader.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                if (!segment.IsEmpty && await _connection.SendAsync(segment) != TransportStatus.Ok)
                    return;
            }
            _toSend.Reader.AdvanceTo(read.Buffer.End);
            if (!read.IsCompleted)
                continue;
            await _connection.ShutdownSendAsync();
            return;
        }
    }
}
