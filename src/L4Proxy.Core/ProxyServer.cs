using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy;

/// <summary>The whole proxy: starts, reloads, drains and stops what the other folders hold.</summary>
internal sealed class ProxyServer(
    ConfigLoader loader, OwnListeners listeners, SocketTransport transport, TcpProxy proxy, SessionSet sessions, ConnectionBudget budget, ConnectionRecorder recorder,
    CoarseClock clock, ILogger<ProxyServer> log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private volatile ProxySnapshot _snapshot = ProxySnapshot.Empty;
    private volatile IHttpHandOff? _http;
    private Task? _watching;
    private bool _draining;

    /// <summary>The configuration in force.</summary>
    public ProxySnapshot Snapshot => _snapshot;

    /// <summary>Called after each change of <see cref="Snapshot"/>.</summary>
    public Action<ProxySnapshot>? Applied { get; set; }

    /// <summary>Where <c>Http</c> routes of own endpoints lead; null without an HTTP server.</summary>
    public IHttpHandOff? Http
    {
        get => _http;
        set => _http = value;
    }

    /// <summary>Loads the configuration, once: whoever of Kestrel and the host comes first.</summary>
    /// <exception cref="L4ConfigException">It cannot be used.</exception>
    public void Load()
    {
        lock (_gate)
        {
            if (_watching is not null)
                return;
            Swap(loader.LoadFirst());
            Announce();
            _watching = WatchAsync();
        }
    }

    /// <summary>Opens the own listeners.</summary>
    /// <exception cref="L4ConfigException">The configuration cannot be used.</exception>
    public void Start()
    {
        Load();
        lock (_gate)
            Listen();
    }

    /// <summary>Serves a connection of an endpoint in the background.</summary>
    public void Serve(TransportConnection connection, EndpointModel endpoint, IHttpHandOff? http) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static item => _ = item.Proxy.RunAsync(item.Session), (Proxy: proxy, Session: NewSession(connection, endpoint, http)),
            preferLocal: false);

    /// <summary>Serves a connection of an endpoint; returns when nothing of it is left here.</summary>
    public Task ServeAsync(TransportConnection connection, EndpointModel endpoint, IHttpHandOff? http) =>
        proxy.RunAsync(NewSession(connection, endpoint, http));

    /// <summary>Closes the own listeners; connections go on.</summary>
    public void BeginDrain()
    {
        lock (_gate)
        {
            if (_draining)
                return;
            _draining = true;
            listeners.CloseAll();
        }
        log.Draining(sessions.Count, _snapshot.ShutdownTimeout);
    }

    /// <summary>Lets connections finish until <c>ShutdownTimeout</c> or <paramref name="hurry"/>, then aborts what is left.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        BeginDrain();
        try
        {
            await sessions.WaitForNoneAsync().WaitAsync(_snapshot.ShutdownTimeout, clock.Time, hurry);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Cut();
        }
        await _stop.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        BeginDrain();
        await _stop.CancelAsync();
        if (_watching is not null)
            await _watching;
        loader.Dispose();
        clock.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            await loader.WatchAsync(Apply, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void Apply(ProxySnapshot snapshot)
    {
        lock (_gate)
        {
            Swap(snapshot);
            if (!_draining)
                Listen();
            DrainRemoved();
            Announce();
        }
    }

    private void Swap(ProxySnapshot snapshot)
    {
        var config = snapshot.Config;
        budget.SetLimit(config.MaxConnections is > 0 and var limit ? limit : DescriptorLimit.DefaultMaxConnections);
        recorder.Configure(config.AccessLog);
        _snapshot = snapshot;
    }

    private void Announce()
    {
        var snapshot = _snapshot;
        log.ConfigApplied(snapshot.Revision, snapshot.Endpoints.Count, snapshot.Config.Routes?.Count ?? 0, snapshot.Clusters.Count);
        Applied?.Invoke(snapshot);
    }

    private void Listen() => listeners.Apply(_snapshot, Open);

    private TcpListener Open(EndPoint address, EndpointModel endpoint) =>
        new(transport.Listen(address, endpoint.ListenOptions), endpoint, budget, ServeOwn, clock.Time, log);

    private void ServeOwn(TransportSocket connection, EndpointModel endpoint) => Serve(connection, endpoint, _http);

    private TcpSession NewSession(TransportConnection connection, EndpointModel endpoint, IHttpHandOff? http)
    {
        budget.Take();
        var session = new TcpSession(connection, endpoint, clock, http);
        sessions.Add(session);
        return session;
    }

    /// <summary>Connections of what is no longer there get its drain time, and are then aborted.</summary>
    private void DrainRemoved()
    {
        var snapshot = _snapshot;
        var destinations = snapshot.Clusters.Values.SelectMany(cluster => cluster.Destinations).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var session in sessions.ToList())
        {
            if (!snapshot.Endpoints.ContainsKey(session.Endpoint.Id))
                DrainBy(session, session.Endpoint.DrainTimeout, L4EndReason.EndpointRemoved);
            if (session.Destination is { } destination && !destinations.Contains(destination))
                DrainBy(session, session.Route!.Cluster!.DrainTimeout, L4EndReason.DestinationRemoved);
        }
    }

    private void DrainBy(TcpSession session, TimeSpan timeout, L4EndReason reason) =>
        session.Deadline.DrainBy(clock.Now + (long)timeout.TotalMilliseconds, reason);

    private void Cut()
    {
        var left = sessions.ToList();
        foreach (var session in left)
            Teardown.Abort(session, L4EndReason.Shutdown);
        if (left.Count > 0)
            log.Cut(left.Count);
    }
}
