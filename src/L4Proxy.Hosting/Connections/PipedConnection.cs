using System.IO.Pipelines;
using System.Net;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Connections;

/// <summary>
/// A connection of ours as ASP.NET knows connections. Its pipes are made when somebody asks for <see cref="Transport"/>; from then on they
/// alone read and write it.
/// </summary>
internal class PipedConnection : DefaultConnectionContext
{
    private readonly TransportConnection _connection;
    private readonly CancellationTokenSource _closed = new();
    private IDuplexPipe? _transport;
    private ConnectionPipes? _pipes;

    public PipedConnection(TransportConnection connection)
    {
        _connection = connection;
        LocalEndPoint = connection.LocalEndPoint;
        RemoteEndPoint = connection.RemoteEndPoint;
        // As with Kestrel's own connections: the client has closed or failed, or the connection was aborted.
        ConnectionClosed = _closed.Token;
    }

    public sealed override EndPoint? LocalEndPoint { get; set; }

    public sealed override EndPoint? RemoteEndPoint { get; set; }

    public sealed override CancellationToken ConnectionClosed { get; set; }

    public override IDuplexPipe Transport
    {
        get
        {
            lock (_closed)
                return _transport ??= _pipes = new ConnectionPipes(_connection, TakePreface(), _closed);
        }
        set
        {
            // What it is put around is ours, whether or not it was asked for.
            _ = Transport;
            _transport = value;
        }
    }

    /// <summary>What was already read and comes first.</summary>
    protected virtual ReadOnlyMemory<byte> TakePreface() => default;

    public override void Abort(ConnectionAbortedException abortReason) => Reset();

    /// <summary>Aborts it, as <see cref="Abort"/> does for the application.</summary>
    public void Reset() => _connection.Abort();

    /// <summary>Sends what is left, then FIN, and closes.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_pipes is not null)
            await _pipes.CloseAsync();
        await _connection.DisposeAsync();
        await base.DisposeAsync();
    }
}
