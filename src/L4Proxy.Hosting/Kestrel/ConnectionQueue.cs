using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Kestrel;

/// <summary>Connections on their way to one of Kestrel's accept loops.</summary>
internal sealed class ConnectionQueue
{
    // Kestrel's loop only registers a connection and queues it to the thread pool, so it may run where the connection was added.
    private readonly Channel<ConnectionContext> _channel = Channel.CreateUnbounded<ConnectionContext>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    /// <summary>Adds a connection.</summary>
    /// <returns>False when no one will take it any more: it is being closed.</returns>
    public bool Add(ConnectionContext connection)
    {
        if (_channel.Writer.TryWrite(connection))
            return true;
        _ = connection.DisposeAsync().AsTask();
        return false;
    }

    /// <summary>The next connection, or null when the queue is closed and empty.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ConnectionContext?> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _channel.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_channel.Reader.TryRead(out var connection))
                return connection;
        }
        return null;
    }

    /// <summary>Takes no more; what is in it can still be taken.</summary>
    public void Close() => _channel.Writer.TryComplete();

    /// <summary>Closes what no one took.</summary>
    public async ValueTask DisposeRestAsync()
    {
        Close();
        while (_channel.Reader.TryRead(out var connection))
            await connection.DisposeAsync();
    }
}
