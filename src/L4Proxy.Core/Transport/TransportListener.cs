using System.Net;

namespace L4Proxy.Transport;

/// <summary>A listening socket.</summary>
internal abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The address bound, with the real port where 0 was asked for.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>Completes with true when there is a connection to take, with false once the listener is closed and nothing is left.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Something the caller can wait out, such as descriptor exhaustion.</exception>
    public abstract ValueTask<bool> WaitAsync();

    /// <summary>Takes the connection that was waited for; null when it is gone.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Something the caller can wait out, such as descriptor exhaustion.</exception>
    public abstract TransportSocket? TryAccept();

    /// <summary>Once it is closed: what is left is not taken, and so reset.</summary>
    public abstract void LeaveRest();

    /// <summary>Changes what can be changed without binding again: everything but <see cref="ListenOptions.ReusePort"/>.</summary>
    public abstract void Update(in ListenOptions options);

    /// <summary>Stops listening; a pending <see cref="WaitAsync"/> ends with false.</summary>
    public abstract ValueTask DisposeAsync();
}
