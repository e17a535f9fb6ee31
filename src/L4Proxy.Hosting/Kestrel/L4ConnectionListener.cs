using System.Net;
using L4Proxy.Limits;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Kestrel;

/// <summary>
/// One of Kestrel's ports. Connections that no L4 endpoint wants go straight to Kestrel, the others by way of the proxy:
/// <code>
///   socket ─▶ accept ─┬───────────────────────────▶ queue ─▶ Kestrel
///                     └─ claim ─▶ proxy ─ HandOver ─▲
///                                   └─▶ a destination
/// </code>
/// </summary>
internal sealed class L4ConnectionListener(
    KestrelListeners listeners, KestrelListener listener, IReadOnlyList<TransportListener> sockets, IL4ConnectionGate gate, HttpConnections connections,
    IHttpHandOver inProcess, DescriptorBudget budget, TimeProvider time, ILogger log)
    : IConnectionListener
{
    private readonly ConnectionQueue _queue = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _accepting = Task.CompletedTask;
    private ListenerHandOver? _handOver;
    private int _descriptors;
    private int _isReleased;

    public EndPoint EndPoint => listener.Bound;

    /// <summary>Begins to accept.</summary>
    /// <param name="descriptors">How many the sockets have.</param>
    public void Start(int descriptors)
    {
        _descriptors = descriptors;
        // Kestrel cannot do without, and does not try again.
        budget.TakeForListener(descriptors, unasked: true);
        _accepting = Task.Run(AcceptAllAsync);
        listeners.Add(listener);
    }

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => _queue.TakeAsync(cancellationToken);

    /// <summary>Frees the address. Connections in the proxy go on there; what they hand to HTTP from now on is closed.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _closing.CancelAsync();
        foreach (var socket in sockets)
            await socket.DisposeAsync();
        await _accepting;
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            budget.ReleaseListener(_descriptors);
        listeners.Remove(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        await _queue.DisposeRestAsync();
    }

    private async Task AcceptAllAsync()
    {
        await new AcceptLoop(sockets, budget, time, log).RunAsync(stop => gate.WaitForRoomAsync(listener, stop), Admit, _closing.Token);
        _queue.Close();
    }

    private void Admit(TransportSocket connection)
    {
        try
        {
            if (gate.TryClaim(listener, out var claim))
                Serve(claim, connection);
            else
                _queue.Add(connections.HandOver(connection, EndPoint, preface: default, client: default));
        }
        catch (Exception e)
        {
            _ = connection.DisposeAsync().AsTask();
            log.ConnectionLost(e, EndPoint);
        }
    }

    private void Serve(IL4Claim claim, TransportSocket connection)
    {
        if (_handOver?.EndpointId != claim.EndpointId)
            _handOver = new ListenerHandOver(claim.EndpointId, EndPoint, connections, _queue, inProcess, log);
        claim.Serve(connection, _handOver);
    }
}
