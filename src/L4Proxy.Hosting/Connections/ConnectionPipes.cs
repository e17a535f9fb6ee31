#pragma warning disable RS0030 // What is on the app's thread must not come back to it.
using System.Buffers;
using System.IO.Pipelines;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Connections;

/// <summary>
/// A connection of ours as a pair of pipes, which ASP.NET wants. Each direction ends on its own: completing <see cref="Output"/> sends FIN (over TLS
/// close_notify first). What becomes of the connection then, and after a failure, is its owner's affair.
/// <code>
///   reactor ─▶ receive ─▶ Input ─▶ the app (thread pool) ─▶ Output ─▶ send (the same thread, or another of the pool; the reactor, when the peer is slow)
/// </code>
/// What is on the app's thread must not come back to it: neither pipes nor connections of ours capture its context, and tasks are told not to.
/// </summary>
internal sealed class ConnectionPipes : IDuplexPipe
{
    // As Kestrel's: half a block of its pool.
    private const int LeastBuffer = 2048;

    private readonly TransportConnection _connection;
    private readonly Pipe _received;
    private readonly Pipe _toSend;

    /// <summary>Pipes with the options that <see cref="InputOf"/> and <see cref="OutputOf"/> make.</summary>
    public ConnectionPipes(TransportConnection connection, PipeOptions input, PipeOptions output) =>
        (_connection, _received, _toSend) = (connection, new Pipe(input), new Pipe(output));

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _toSend.Writer;

    /// <summary>Completes at the end of what is received, before <see cref="Input"/> does: with what has gone wrong, or null.</summary>
    public Task<Exception?> Receiving { get; private set; } = Task.FromResult<Exception?>(null);

    /// <summary>Completes at the end of what is sent: with what has gone wrong (also what <see cref="Output"/> was completed with), or null.</summary>
    public Task<Exception?> Sending { get; private set; } = Task.FromResult<Exception?>(null);

    /// <summary>Who reads does so on the thread pool, never on a reactor; who receives goes on wherever there is room again.</summary>
    public static PipeOptions InputOf(MemoryPool<byte>? memory = null, long limit = -1) => OptionsOf(memory, limit, PipeScheduler.ThreadPool, PipeScheduler.Inline);

    /// <summary>Who writes sends, on its thread.</summary>
    public static PipeOptions OutputOf(MemoryPool<byte>? memory = null, long limit = -1) => OptionsOf(memory, limit, PipeScheduler.Inline, PipeScheduler.ThreadPool);

    /// <summary>Another thread sends; what is written meanwhile, however often it is flushed, goes out together.</summary>
    public static PipeOptions GatheredOutputOf(MemoryPool<byte>? memory = null, long limit = -1) => OptionsOf(memory, limit, PipeScheduler.ThreadPool, PipeScheduler.ThreadPool);

    /// <summary>Begins to receive and to send. Nobody else uses the connection from now on, except to end it.</summary>
    /// <param name="preface">What was already received.</param>
    public void Start(ReadOnlySpan<byte> preface)
    {
        _received.Writer.Write(preface);
        Sending = SendAsync();
        Receiving = ReceiveAsync();
    }

    /// <summary>Stops to send, with nothing said of it, and to wait for who does not read.</summary>
    public void Cancel()
    {
        _toSend.Reader.CancelPendingRead();
        _received.Writer.CancelPendingFlush();
    }

    /// <summary>Nothing more is received.</summary>
    /// <param name="error">What who reads is told; null is FIN.</param>
    public ValueTask EndInputAsync(Exception? error) => _received.Writer.CompleteAsync(error);

    private static PipeOptions OptionsOf(MemoryPool<byte>? memory, long limit, PipeScheduler reader, PipeScheduler writer) =>
        new(memory, reader, writer, limit, limit < 0 ? -1 : limit / 2, useSynchronizationContext: false);

    private async Task<Exception?> ReceiveAsync()
    {
        try
        {
            for (;;)
            {
                if (await _received.Writer.FlushAsync() is { IsCompleted: true } or { IsCanceled: true })
                    return null;
                // An idle connection holds no buffer. A limit of the preface's may still cancel a wait.
                var result = await _connection.WaitAsync().ConfigureAwait(false);
                if (result.Status == TransportStatus.Ok)
                    result = await _connection.TakeAsync(_received.Writer.GetMemory(LeastBuffer)).ConfigureAwait(false);
                if (result.Status == TransportStatus.Canceled)
                    continue;
                // Pipes cannot tell a TLS that was cut off from one that has ended.
                if (result is { Bytes: 0, Status: TransportStatus.Ok or TransportStatus.Truncated })
                    return null;
                if (ErrorOf(result.Status) is { } error)
                    return error;
                _received.Writer.Advance(result.Bytes);
            }
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task<Exception?> SendAsync()
    {
        Exception? error = null;
        try
        {
            ReadResult read;
            do
            {
                read = await _toSend.Reader.ReadAsync();
                if (read.IsCanceled)
                    break;
                error = ErrorOf(await SendAllAsync(read.Buffer).ConfigureAwait(false));
                _toSend.Reader.AdvanceTo(read.Buffer.End);
            }
            while (error is null && !read.IsCompleted);
            if (error is null && !read.IsCanceled)
                error = ErrorOf(await _connection.ShutdownSendAsync().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            error = e;
        }
        // Who still writes is told so by its flushes, as with Kestrel's own connections.
        await _toSend.Reader.CompleteAsync();
        return error;
    }

    private ValueTask<TransportStatus> SendAllAsync(in ReadOnlySequence<byte> data)
    {
        var rest = data.IsEmpty ? data : data.Slice(_connection.SendNow(data));
        return rest.IsEmpty ? new(TransportStatus.Ok) : SendRestAsync(rest);
    }

    private async ValueTask<TransportStatus> SendRestAsync(ReadOnlySequence<byte> rest)
    {
        foreach (var segment in rest)
        {
            if (await _connection.SendAsync(segment).ConfigureAwait(false) is not TransportStatus.Ok and var status)
                return status;
        }
        return TransportStatus.Ok;
    }

    private static Exception? ErrorOf(TransportStatus status) => status switch
    {
        TransportStatus.Ok => null,
        TransportStatus.Aborted => new ConnectionAbortedException(),
        _ => new ConnectionResetException(status.ToString()),
    };
}
