#pragma warning disable RS0030 // Nothing here needs a reactor, and one may have ended.
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Connections;
using L4Proxy.Limits;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace L4Proxy.Kestrel;

/// <summary>
/// A connection of ours for Kestrel to serve, where it is (<see cref="ConnectionPipes"/>). It ends as Kestrel's own socket connection does: FIN and
/// close when the app has written all, RST when it or the peer failed.
/// </summary>
internal sealed class HttpConnection : DefaultConnectionContext, IMemoryPoolFeature, IConnectionSocketFeature
{
    private readonly TransportConnection _connection;
    private readonly HttpConnectionOptions _options;
    private readonly DescriptorBudget _budget;
    private readonly ConnectionPipes _pipes;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closed = new();
    private Task _running = Task.CompletedTask;
    private Exception? _end;
    private Socket? _socket;
    private int _isReleased;

    /// <summary>Takes the connection over, and counts it in.</summary>
    public HttpConnection(TransportConnection connection, EndPoint? listener, HttpConnectionOptions options, bool isHttp2, DescriptorBudget budget)
        : base(ConnectionIds.Next())
    {
        (_connection, _options, _budget) = (connection, options, budget);
        Transport = _pipes = new ConnectionPipes(connection, options.Input, isHttp2 ? options.Http2Output : options.Output);
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
        {
            using var socket = _connection.Borrow();
            socket?.NoDelay = false;
        }
        _pipes.Start(preface);
        _running = Task.WhenAll(ReceiveAsync(), SendAsync());
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        End(abortReason);
        _pipes.Cancel();
    }

    public override async ValueTask DisposeAsync()
    {
        await _pipes.Input.CompleteAsync();
        await _pipes.Output.CompleteAsync();
        await _running;
        _closed.Dispose();
        await base.DisposeAsync();
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            _budget.ReleaseHttp();
    }

    private async Task ReceiveAsync()
    {
        var error = await _pipes.Receiving.ConfigureAwait(false);
        await _pipes.EndInputAsync(Volatile.Read(ref _end) ?? error);
        try
        {
            // Whoever listens does so on the thread pool, and what is thrown there harms nobody else.
            await _closed.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException e)
        {
            _options.Log.ConnectionClosedThrew(e, ConnectionId);
        }
    }

    private async Task SendAsync()
    {
        End(await _pipes.Sending.ConfigureAwait(false));
        await _connection.DisposeAsync();
        _pipes.Cancel();
    }

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
}
