using System.Net;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.InProcess;

/// <summary>Feeds one endpoint from a queue; to the others no connection ever comes.</summary>
internal sealed class InProcessListenerFactory(EndPoint fedEndPoint, ConnectionQueue queue) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new InMemoryListener(endpoint, endpoint == fedEndPoint ? queue : new ConnectionQueue()));
}
