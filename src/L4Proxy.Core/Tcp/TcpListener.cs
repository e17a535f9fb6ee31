using System.Net;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>Station accept for own endpoints: one listening socket, and the endpoint that its connections belong to.</summary>
internal sealed class TcpListener : IOwnListener
{
    private readonly TransportListener _listener;
    private readonly CancellationTokenSource _closing = new();
    private volatile EndpointModel _endpoint;

    /// <summary>Begins to accept.</summary>
    /// <param name="listener">Listens already.</param>
    /// <param name="endpoint">What its connections belong to.</param>
    /// <param name="budget">How many connections there may be.</param>
    /// <param name="serve">Takes each connection; must not wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    public TcpListener(
        TransportListener listener, EndpointModel endpoint, ConnectionBudget budget, Action<TransportSocket, EndpointModel> serve,
        TimeProvider time, ILogger log)
    {
        _listener = listener;
        _endpoint = endpoint;
        var loop = new AcceptLoop(listener, time, log);
        _ = loop.RunAsync(budget.WaitForRoomAsync, connection => serve(connection, _endpoint), _closing.Token);
    }

    public EndPoint LocalEndPoint => _listener.LocalEndPoint;

    public void Update(EndpointModel endpoint)
    {
        if (endpoint.ListenOptions != _endpoint.ListenOptions)
            _listener.Update(endpoint.ListenOptions);
        _endpoint = endpoint;
    }

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
        // Closing a listening socket has taken effect when this returns; there is nothing to wait for.
        _ = _listener.DisposeAsync().AsTask();
    }
}
