using System.Net;

namespace L4Proxy.Transport;

/// <summary>A listening socket.</summary>
internal abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The address bound, with the real port where 0 was asked for.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>The next connection, or null once the listener is closed.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Something the caller can wait out, such as descriptor exhaustion.</exception>
    public abstract ValueTask<TransportSocket?> AcceptAsync();

    /// <summary>Changes what can be changed without binding again: everything but <see cref="ListenOptions.ReusePort"/>.</summary>
    public abstract void Update(in ListenOptions options);

    /// <summary>Stops listening; a pending <see cref="AcceptAsync"/> ends with null.</summary>
    public abstract ValueTask DisposeAsync();
}
