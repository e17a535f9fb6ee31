using System.Net;
using L4Proxy.Diagnostics;
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
    private readonly CancellationTokenSource _closing = new();
    private readonly ILogger _log;
    private volatile EndpointModel _endpoint;

    /// <summary>Begins to accept.</summary>
    /// <param name="listeners">Listen already.</param>
    /// <param name="endpoint">What its connections belong to.</param>
    /// <param name="budget">How many connections there may be.</param>
    /// <param name="serve">Takes each connection; must not wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    public TcpListener(
        IReadOnlyList<TransportListener> listeners, EndpointModel endpoint, ConnectionBudget budget,
        Action<TransportSocket, EndpointModel> serve, TimeProvider time, ILogger log)
    {
        _listeners = listeners;
        _endpoint = endpoint;
        _log = log;
        _ = new AcceptLoop(listeners, time, log).RunAsync(budget.WaitForRoomAsync, connection => serve(connection, _endpoint), _closing.Token);
    }

    public EndPoint LocalEndPoint => _listeners[0].LocalEndPoint;

    public void Update(EndpointModel endpoint)
    {
        if (endpoint.ListenOptions != _endpoint.ListenOptions)
        {
            foreach (var listener in _listeners)
                listener.Update(endpoint.ListenOptions);
            SetMode(endpoint);
        }
        _endpoint = endpoint;
    }

    private void SetMode(EndpointModel endpoint)
    {
        try
        {
            UnixSocketFile.SetMode(LocalEndPoint, endpoint.ListenOptions.Mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.ModeNotSet(endpoint.Id, LocalEndPoint, e.Message);
        }
    }

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
        // Whoever comes next may want the same address.
        Task.WhenAll(_listeners.Select(listener => listener.DisposeAsync().AsTask())).Wait(s_patience);
    }
}
