using System.Net;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Kestrel;

/// <summary>A listener without a socket: its connections come from a queue.</summary>
internal sealed class InMemoryListener(EndPoint endPoint, ConnectionQueue queue) : IConnectionListener
{
    public EndPoint EndPoint => endPoint;

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => queue.TakeAsync(cancellationToken);

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        queue.Close();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => queue.DisposeRestAsync();
}
