using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using L4Proxy.Connections;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace L4Proxy.Kestrel;

/// <summary>
/// A connection of Kestrel's as the stations see it. What its pipes cannot do:
/// a send completes when the pipe has taken the bytes, up to <c>MaxWriteBufferSize</c> before the kernel has;
/// half-closing sends what is left and then shuts both directions on a plain socket, so what the peer still sends is lost;
/// over TLS it sends close_notify, and FIN only follows once the connection ends;
/// how much the peer has taken is not known, so who reads slowly may be idle, and an abort destroys what is on its way.
/// </summary>
/// <param name="context">The connection.</param>
/// <param name="own">What ends with this, where it is ours; Kestrel closes its own connections when the middleware is done.</param>
internal sealed class ContextTransportConnection(ConnectionContext context, MiddlewareConnection? own = null) : TransportConnection
{
    private readonly Lock _gate = new();
    private bool _isWaiting;
    private bool _isCanceled;
    private volatile bool _isAborted;
    private volatile bool _isEnded;

    public override EndPoint? LocalEndPoint => context.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => context.RemoteEndPoint;

    private PipeReader Input => context.Transport.Input;

    private PipeWriter Output => context.Transport.Output;

    public override async ValueTask<TransportResult> WaitAsync()
    {
        lock (_gate)
        {
            _isWaiting = true;
            _isCanceled = false;
        }
        try
        {
            for (;;)
            {
                var result = await Input.ReadAsync();
                _isEnded = result.IsCompleted;
                Input.AdvanceTo(result.Buffer.Start);
                if (!result.Buffer.IsEmpty || result.IsCompleted)
                    return new(0, TransportStatus.Ok);
                lock (_gate)
                {
                    if (_isCanceled)
                        return new(0, TransportStatus.Canceled);
                }
                // The pipe remembers a cancellation that came too late for the read before.
            }
        }
        catch (Exception e)
        {
            return new(0, StatusOf(e));
        }
        finally
        {
            lock (_gate)
                _isWaiting = false;
        }
    }

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer)
    {
        try
        {
            // Over a stream, as behind UseHttps, an end without bytes is shown to those alone who wait for it.
            if (!Input.TryRead(out var result))
                return new(new TransportResult(0, _isEnded ? TransportStatus.Ok : TransportStatus.Canceled));
            var taken = Take(result.Buffer, buffer.Span);
            return new(new TransportResult(taken, taken > 0 || result.IsCompleted ? TransportStatus.Ok : TransportStatus.Canceled));
        }
        catch (Exception e)
        {
            return new(new TransportResult(0, StatusOf(e)));
        }
    }

    public override void CancelWait()
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            _isCanceled = true;
        }
        Input.CancelPendingRead();
    }

    public override int Peek(Span<byte> buffer)
    {
        try
        {
            if (!Input.TryRead(out var result))
                return 0;
            var count = (int)Math.Min(buffer.Length, result.Buffer.Length);
            result.Buffer.Slice(0, count).CopyTo(buffer);
            Input.AdvanceTo(result.Buffer.Start);
            return count;
        }
        catch (Exception)
        {
            return 0; // The next receive says what is wrong.
        }
    }

    public override async ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        try
        {
            var result = await Output.WriteAsync(buffer);
            // Completed: the side that sends to the peer has given up.
            return result.IsCompleted || result.IsCanceled ? TransportStatus.Reset : TransportStatus.Ok;
        }
        catch (Exception e)
        {
            return StatusOf(e);
        }
    }

    public override async ValueTask<TransportStatus> ShutdownSendAsync()
    {
        try
        {
            if (context.Features.Get<ISslStreamFeature>() is { } tls)
            {
                await Output.FlushAsync();
                await tls.SslStream.ShutdownAsync();
            }
            else
            {
                await Output.CompleteAsync();
            }
            return TransportStatus.Ok;
        }
        catch (Exception e)
        {
            return StatusOf(e);
        }
    }

    public override void Abort()
    {
        _isAborted = true;
        if (own is null)
            context.Abort();
        else
            own.Reset();
    }

    public override ValueTask DisposeAsync() => own?.DisposeAsync() ?? ValueTask.CompletedTask;

    private int Take(in ReadOnlySequence<byte> source, Span<byte> target)
    {
        var count = (int)Math.Min(target.Length, source.Length);
        var end = source.GetPosition(count);
        source.Slice(0, end).CopyTo(target);
        Input.AdvanceTo(end);
        return count;
    }

    private TransportStatus StatusOf(Exception exception) => exception switch
    {
        _ when _isAborted => TransportStatus.Aborted,
        ConnectionAbortedException or OperationCanceledException or ObjectDisposedException or InvalidOperationException => TransportStatus.Aborted,
        IOException => TransportStatus.Reset,
        _ => TransportStatus.Failed,
    };
}
