using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Limits;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace L4Proxy.Kestrel;

/// <summary>
/// A connection of ours for Kestrel to serve, where it is: what arrives is read on its reactor, what the app writes is sent on the app's
/// thread. It ends as Kestrel's own socket connection does: FIN when the app has written all, RST when it or the peer failed.
/// <code>
///   reactor ─▶ receive ─▶ pipe ─▶ Kestrel (thread pool) ─▶ pipe ─▶ send (the same thread; its reactor, when the peer is slow)
/// </code>
/// </summary>
internal sealed class HttpConnection : DefaultConnectionContext, IMemoryPoolFeature, IConnectionSocketFeature
{
    // As Kestrel's: half a block of its pool.
    private const int LeastBuffer = 2048;

    private readonly TransportConnection _connection;
    private readonly HttpConnectionOptions _options;
    private readonly DescriptorBudget _budget;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closed = new();
    private Task _receiving = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;
    private Exception? _end;
    private Socket? _socket;
    private int _isReleased;

    /// <summary>Takes the connection over, and counts it in.</summary>
    public HttpConnection(TransportConnection connection, EndPoint? listener, HttpConnectionOptions options, DescriptorBudget budget)
        : base(ConnectionIds.Next())
    {
        (_connection, _options, _budget) = (connection, options, budget);
        _input = new Pipe(options.Input);
        _output = new Pipe(options.Output);
        Transport = new DuplexPipe(_input.Reader, _output.Writer);
        var isMapped = listener?.AddressFamily == AddressFamily.InterNetworkV6;
        LocalEndPoint = isMapped ? Map(connection.LocalEndPoint) : connection.LocalEndPoint;
        RemoteEndPoint = isMapped ? Map(connection.RemoteEndPoint) : connection.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        budget.TakeHttp();
    }

    public MemoryPool<byte> MemoryPool => _options.Memory;

    /// <summary>Another hold on the socket, made when it is asked for and closed with the connection.</summary>
    /// <exception cref="ObjectDisposedException">The connection has ended.</exception>
    public Socket Socket
    {
        get
        {
            lock (_gate)
                return _socket ??= (_end is null ? _connection.Borrow() : null) ?? throw new ObjectDisposedException(nameof(HttpConnection));
        }
    }

    /// <summary>Begins to receive and to send.</summary>
    /// <param name="preface">What was received before.</param>
    public void Start(ReadOnlySpan<byte> preface)
    {
        if (!_options.NoDelay && LocalEndPoint is IPEndPoint)
            Socket.NoDelay = false;
        _input.Writer.Write(preface);
        _sending = SendAsync();
        _receiving = ReceiveAsync();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        End(abortReason);
        _output.Reader.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _receiving;
        await _sending;
        _closed.Dispose();
        await base.DisposeAsync();
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            _budget.ReleaseHttp();
    }

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            var status = TransportStatus.Ok;
            var flushed = await _input.Writer.FlushAsync();
            while (status is TransportStatus.Ok or TransportStatus.Canceled && !flushed.IsCompleted && !flushed.IsCanceled)
            {
                // A limit of the preface's may still cancel it.
                status = (await _connection.WaitAsync()).Status;
                if (status != TransportStatus.Ok)
                    continue;
                (var count, status) = await _connection.TakeAsync(_input.Writer.GetMemory(LeastBuffer));
                if (status != TransportStatus.Ok)
                    continue;
                if (count == 0)
                    return;
                _input.Writer.Advance(count);
                flushed = await _input.Writer.FlushAsync();
            }
            error = ErrorOf(status);
        }
        catch (Exception e)
        {
            error = e;
        }
        finally
        {
            await _input.Writer.CompleteAsync(Volatile.Read(ref _end) ?? error);
            await _closed.CancelAsync(); // Whoever listens does so on the thread pool.
        }
    }

    private async Task SendAsync()
    {
        Exception? error = null;
        try
        {
            ReadResult result;
            do
            {
                result = await _output.Reader.ReadAsync();
                if (result.IsCanceled)
                    break;
                var rest = result.Buffer;
                if (!rest.IsEmpty)
                    rest = rest.Slice(_connection.SendNow(rest));
                if (!rest.IsEmpty)
                    error = ErrorOf(await SendRestAsync(rest));
                _output.Reader.AdvanceTo(result.Buffer.End);
            }
            while (error is null && !result.IsCompleted);
        }
        catch (Exception e)
        {
            error = e;
        }
        finally
        {
            await CloseAsync(error);
            await _output.Reader.CompleteAsync();
            _input.Writer.CancelPendingFlush();
        }
    }

    private async ValueTask<TransportStatus> SendRestAsync(ReadOnlySequence<byte> rest)
    {
        foreach (var segment in rest)
        {
            if (await _connection.SendAsync(segment) is not TransportStatus.Ok and var status)
                return status;
        }
        return TransportStatus.Ok;
    }

    /// <summary>All was sent, or it failed.</summary>
    private async ValueTask CloseAsync(Exception? error)
    {
        if (error is null && !IsEnded)
            await _connection.ShutdownSendAsync();
        End(error);
        await _connection.DisposeAsync();
    }

    private bool IsEnded => Volatile.Read(ref _end) is not null;

    /// <summary>Says why it ends, the first time; a failure ends both directions at once.</summary>
    private void End(Exception? error)
    {
        lock (_gate)
        {
            if (_end is not null)
                return;
            _end = error ?? new ConnectionAbortedException("The app has sent all it had to, and closed the connection.");
            // First: a socket lives as long as anyone has hold of it.
            _socket?.Dispose();
        }
        if (error is not null && !_options.FinOnError)
            _connection.Abort();
        else if (error is not null)
            _ = _connection.DisposeAsync().AsTask();
    }

    /// <summary>As the socket of an IPv6 address shows an IPv4 one, and so Kestrel.</summary>
    private static EndPoint? Map(EndPoint? endPoint) =>
        endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } ip ? new IPEndPoint(ip.Address.MapToIPv6(), ip.Port) : endPoint;

    private static IOException? ErrorOf(TransportStatus status) => status switch
    {
        TransportStatus.Ok or TransportStatus.Canceled => null,
        TransportStatus.Reset or TransportStatus.Unreachable => new ConnectionResetException(status.ToString()),
        _ => new IOException(status.ToString()),
    };

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
