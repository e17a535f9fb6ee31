using L4Proxy.Listening;
using L4Proxy.Snapshot;

namespace L4Proxy;

/// <inheritdoc/>
internal sealed class L4Endpoints : IL4Endpoints
{
    private readonly ProxyServer _server;
    private readonly OwnListeners _own;
    private readonly SharedEndpoints _shared;
    private TaskCompletionSource _changed = NewSignal();

    public L4Endpoints(ProxyServer server, OwnListeners own, SharedEndpoints shared)
    {
        (_server, _own, _shared) = (server, own, shared);
        own.Changed += SignalChange;
        shared.Changed += SignalChange;
        server.Applied += _ => SignalChange();
    }

    public IReadOnlyList<L4EndpointStatus> GetAll()
    {
        var snapshot = _server.Snapshot;
        var own = _own.Addresses.ToLookup(address => address.Endpoint);
        var removed = _server.FindDraining().Where(e => !snapshot.Endpoints.ContainsKey(e.Id)).Select(e => Status(e, L4EndpointState.Draining, []));
        return [.. snapshot.Endpoints.Values.Select(e => Describe(e, own[e.Id])).Concat(removed).OrderBy(e => e.Id, StringComparer.Ordinal)];
    }

    public L4EndpointStatus? Find(string endpointId)
    {
        ArgumentException.ThrowIfNullOrEmpty(endpointId);
        return GetAll().FirstOrDefault(e => e.Id == endpointId);
    }

    public async Task<L4EndpointStatus> WaitUntilListeningAsync(string endpointId, CancellationToken cancellationToken = default)
    {
        for (;;)
        {
            // Before the look: a change in between is then seen twice rather than never.
            var changed = Volatile.Read(ref _changed).Task;
            var endpoint = Find(endpointId);
            if (endpoint is { State: L4EndpointState.Listening })
                return endpoint;
            if (_server.IsStopping)
                throw new InvalidOperationException($"The host stops; endpoint '{endpointId}' will not listen.");
            await changed.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException($"Endpoint '{endpointId}' does not listen. {endpoint?.ToString() ?? "There is none."}", cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void SignalChange() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private L4EndpointStatus Describe(EndpointModel endpoint, IEnumerable<OwnAddress> own)
    {
        IReadOnlyList<L4ListenerStatus> listeners = endpoint.IsShared
            ? _shared.ListenersOf(endpoint)
            : [.. own.Select(a => new L4ListenerStatus { EndPoint = a.EndPoint, IsListening = a.Error is null, Error = a.Error })];
        return Status(endpoint, _server.IsStopping || (_server.IsDraining && !endpoint.IsShared) ? L4EndpointState.Draining : StateOf(listeners), listeners);
    }

    private static L4EndpointStatus Status(EndpointModel endpoint, L4EndpointState state, IReadOnlyList<L4ListenerStatus> listeners) =>
        new() { Id = endpoint.Id, State = state, IsShared = endpoint.IsShared, IsUdp = endpoint.IsUdp, Listeners = listeners };

    private static L4EndpointState StateOf(IReadOnlyList<L4ListenerStatus> listeners)
    {
        if (listeners.Any(l => l.Error is not null))
            return L4EndpointState.Failed;
        return listeners.Count > 0 && listeners.All(l => l.IsListening) ? L4EndpointState.Listening : L4EndpointState.Closed;
    }
}
