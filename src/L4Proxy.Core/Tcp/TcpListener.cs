using System.Net;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>Station accept for own endpoints: one address, and the endpoint that its connections belong to.</summary>
internal sealed class TcpListener : IOwnListener
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<TransportListener> _listeners;
    private readonly DescriptorBudget _budget;
    private readonly int _descriptors;
    private readonly CancellationTokenSource _closing = new();
    private volatile EndpointModel _endpoint;

    /// <summary>
    /// Begins to accept from listeners, which listen already and have taken their descriptors. <paramref name="serve"/> must not wait.
    /// </summary>
    public TcpListener(
        IReadOnlyList<TransportListener> listeners, EndpointModel endpoint, DescriptorBudget budget, int descriptors,
        Action<TransportSocket, EndpointModel> serve, TimeProvider time, ILogger log)
    {
        _listeners = listeners;
        _endpoint = endpoint;
        (_budget, _descriptors) = (budget, descriptors);
        _ = new AcceptLoop(listeners, budget, time, log).RunAsync(
            closing => budget.WaitForRoomAsync(proxied: true, closing), connection => serve(connection, _endpoint), _closing.Token);
    }

    public EndPoint LocalEndPoint => _listeners[0].LocalEndPoint;

    public void Update(EndpointModel endpoint)
    {
        var before = _endpoint;
        _endpoint = endpoint;
        if (endpoint.ListenOptions == before.ListenOptions)
            return;
        foreach (var listener in _listeners)
            listener.Update(endpoint.ListenOptions);
        UnixSocketFile.SetMode(LocalEndPoint, endpoint.ListenOptions.Mode);
    }

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
        // Whoever comes next may want the same address.
        Task.WhenAll(_listeners.Select(listener => listener.DisposeAsync().AsTask())).Wait(s_patience);
        _budget.ReleaseListener(_descriptors);
    }
}
