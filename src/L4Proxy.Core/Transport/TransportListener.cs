using System.Net;

namespace L4Proxy.Transport;

/// <summary>A listening socket.</summary>
internal abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The address bound, with the real port where 0 was asked for.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>The next connection, or null once the listener is closed. Throws only for what the caller can wait out, such as descriptor exhaustion.</summary>
    public abstract ValueTask<TransportConnection?> AcceptAsync();

    /// <summary>Stops listening; a pending <see cref="AcceptAsync"/> ends with null.</summary>
    public abstract ValueTask DisposeAsync();
}
