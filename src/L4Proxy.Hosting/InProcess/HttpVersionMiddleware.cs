using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace L4Proxy.InProcess;

/// <summary>Tells HTTP/2 with prior knowledge from HTTP/1 by the first bytes, which stay where they are.</summary>
internal sealed class HttpVersionMiddleware(ConnectionDelegate http1, ConnectionDelegate http2, TimeSpan timeout, TimeProvider time)
{
    /// <summary>How the preface of an HTTP/2 client begins (RFC 9113, section 3.4). No HTTP/1 method is called PRI.</summary>
    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>Serves the connection by its version; a client that says nothing for the keep-alive timeout is let go.</summary>
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        var input = context.Transport.Input;
        if (!TryDecide(input, out var next))
            next = await WaitAsync(context, input);
        if (next is not null)
            await next(context);
    }

    private bool TryDecide(PipeReader input, out ConnectionDelegate? next)
    {
        next = null;
        return input.TryRead(out var result) && TryDecide(input, result, out next);
    }

    /// <summary>Null where the connection ends without a request.</summary>
    private async ValueTask<ConnectionDelegate?> WaitAsync(ConnectionContext context, PipeReader input)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var onDeadline = deadline.Token.UnsafeRegister(static i => ((PipeReader)i!).CancelPendingRead(), input);
        using var onStop = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .UnsafeRegister(static i => ((PipeReader)i!).CancelPendingRead(), input);
        try
        {
            ConnectionDelegate? next;
            while (!TryDecide(input, await input.ReadAsync(), out next))
            {
            }
            return next;
        }
        catch (IOException)
        {
            return null; // Reset before it said anything.
        }
    }

    private bool TryDecide(PipeReader input, in ReadResult result, out ConnectionDelegate? next)
    {
        var buffer = result.Buffer;
        var isHttp2 = IsHttp2(buffer);
        next = isHttp2 switch
        {
            true => http2,
            false => http1,
            // It will never be whole: HTTP/1 has the right answer to half a line, and to a server that stops.
            null => buffer.IsEmpty ? null : http1,
        };
        var isDecided = isHttp2 is not null || result.IsCompleted || result.IsCanceled;
        // Examined to the end, the same bytes would not be shown again before more have come.
        input.AdvanceTo(buffer.Start, isDecided ? buffer.Start : buffer.End);
        return isDecided;
    }

    /// <summary>Null as long as it cannot be told.</summary>
    private static bool? IsHttp2(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[Http2Preface.Length];
        var count = (int)Math.Min(start.Length, buffer.Length);
        buffer.Slice(0, count).CopyTo(start);
        if (!Http2Preface.StartsWith(start[..count]))
            return false;
        return count == Http2Preface.Length ? true : null;
    }
}
