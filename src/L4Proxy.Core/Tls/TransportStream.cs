using System.Runtime.CompilerServices;
using System.Security.Authentication;
using L4Proxy.Prefaces;
using L4Proxy.Transport;

namespace L4Proxy.Tls;

/// <summary>
/// What <see cref="System.Net.Security.SslStream"/> reads from and writes to: a connection, and before it what was already
/// read of it. It remembers how the connection ended, for SslStream only throws.
/// </summary>
/// <param name="inner">The connection below.</param>
/// <param name="preface">What was already read of it.</param>
/// <param name="turn">Held by whoever works with the SslStream, and let go while that waits here: see <see cref="TlsConnection"/>.</param>
internal sealed class TransportStream(TransportConnection inner, Preface? preface, SemaphoreSlim turn) : Stream
{
    // Content types of records (RFC 8446 section 5.1).
    private const byte Alert = 21;
    private const byte Handshake = 22;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private bool _begun;
    private bool _readable;
    private bool _sendEnded;

    /// <summary>Whether a wait may end with <see cref="TransportStatus.Canceled"/>; else it begins anew.</summary>
    public bool IsCancelable { get; set; }

    /// <summary>How the last receive ended: <see cref="TransportStatus.Truncated"/> from FIN on.</summary>
    public TransportStatus ReceiveStatus { get; private set; }

    /// <summary>How the last send ended.</summary>
    public TransportStatus SendStatus { get; private set; }

    /// <summary>Whether anything was sent.</summary>
    public bool HasSent { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (preface is { Length: > 0 })
            return Replay(preface, buffer.Span);
        for (;;)
        {
            // A wait comes first, always: it holds no buffer, and only a wait can be cancelled without losing bytes.
            if (!_readable)
                await WaitAsync();
            _readable = true;
            if (buffer.IsEmpty || ReceiveStatus == TransportStatus.Truncated)
                return 0;
            var taken = await inner.TakeAsync(buffer);
            _readable = taken is { Bytes: 0, Status: TransportStatus.Ok };
            if (taken.Status == TransportStatus.Canceled)
                continue; // Nothing after all.
            ReceiveStatus = _readable ? TransportStatus.Truncated : taken.Status;
            if (taken.Status != TransportStatus.Ok)
                throw new IOException(taken.Status.ToString());
            if (taken.Bytes > 0)
                CheckFirst(buffer.Span);
            return taken.Bytes;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (await SendAsync(buffer) is not TransportStatus.Ok and var status)
            throw new IOException(status.ToString());
    }

    /// <summary>SslStream writes some alerts so. They are a few bytes, and nobody may be kept waiting: a copy is on its way on return.</summary>
    public override void Write(byte[] buffer, int offset, int count) => _ = SendAsync(buffer.AsSpan(offset, count).ToArray()).AsTask();

    /// <summary>Sends. After our FIN nothing can be sent; what TLS still has to say then (an answer to a KeyUpdate, an alert) is dropped.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        // SslStream may also send while it reads (TLS 1.2 renegotiation, TLS 1.3 on Windows).
        await _sending.WaitAsync(CancellationToken.None);
        try
        {
            if (_sendEnded)
                return TransportStatus.Ok;
            HasSent = true;
            return SendStatus = await inner.SendAsync(buffer);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>FIN after everything sent.</summary>
    public async ValueTask<TransportStatus> ShutdownSendAsync()
    {
        await _sending.WaitAsync(CancellationToken.None);
        try
        {
            _sendEnded = true;
            return await inner.ShutdownSendAsync();
        }
        finally
        {
            _sending.Release();
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Replay(Preface bytes, Span<byte> buffer)
    {
        var count = Math.Min(bytes.Length, buffer.Length);
        if (count == 0)
            return 0;
        bytes.Bytes.Span[..count].CopyTo(buffer);
        bytes.Drop(count);
        CheckFirst(buffer);
        return count;
    }

    /// <summary>Not TLS at all is known from the first byte, before a whole record has come.</summary>
    private void CheckFirst(ReadOnlySpan<byte> bytes)
    {
        if (!_begun && bytes[0] is not (Alert or Handshake))
            throw new AuthenticationException($"It is not TLS: it begins with the byte 0x{bytes[0]:x2}.");
        _begun = true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TransportStatus> WaitAsync()
    {
        for (;;)
        {
            var waiting = inner.WaitAsync();
            var wait = waiting.IsCompleted ? await waiting : await WaitAsync(waiting);
            if (wait.Status == TransportStatus.Canceled && !IsCancelable)
                continue;
            ReceiveStatus = wait.Status;
            return wait.Status == TransportStatus.Ok ? wait.Status : throw new IOException(wait.Status.ToString());
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TransportResult> WaitAsync(ValueTask<TransportResult> waiting)
    {
        turn.Release();
        try
        {
            return await waiting;
        }
        finally
        {
            await turn.WaitAsync(CancellationToken.None);
        }
    }
}
