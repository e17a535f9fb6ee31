using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Status;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using L4Proxy.Transport;
using L4Proxy.Udp;
using Microsoft.Extensions.Logging;

namespace L4Proxy;

/// <summary>The whole proxy: starts, reloads, drains and stops what the other folders hold.</summary>
internal sealed class ProxyServer(
    ConfigLoader loader, OwnListeners listeners, TransportChoice transport, TcpServer tcp, UdpServer udp, DescriptorBudget budget, HealthMonitor monitor, ConnectionRecorder recorder,
    LiveBytes live, DestinationMetrics destinations, DroppedLines dropped, HealthNews health, CoarseClock clock, LogQueue logs, ILogger<ProxyServer> log) : IL4Drain, IAsyncDisposable
{
    // So long what was cut may take to end. With LogQueue's it is no more than the host waits longer than ShutdownTimeout.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2.5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private volatile ProxySnapshot _snapshot = ProxySnapshot.Empty;
    private readonly Dictionary<string, EndpointModel> _removed = [];
    private Task? _watching;
    private volatile bool _stopping;
    private volatile bool _drained;

    /// <summary>The configuration in force.</summary>
    public ProxySnapshot Snapshot => _snapshot;

    /// <summary>Called after each change of <see cref="Snapshot"/>.</summary>
    public Action<ProxySnapshot>? Applied { get; set; }

    /// <summary>Whether it has begun to stop.</summary>
    public bool IsStopping => _stopping;

    /// <inheritdoc/>
    public bool IsDraining => _stopping || _drained;

    /// <summary>Connections and flows at the moment.</summary>
    public int SessionCount => tcp.Count + udp.Count;

    /// <summary>The connections and flows of this moment.</summary>
    public IEnumerable<ISessionRecord> Sessions => tcp.Sessions().Concat<ISessionRecord>(udp.Sessions());

    /// <summary>Ends the connections and flows that are such, at once.</summary>
    /// <returns>How many.</returns>
    public int Kill(Predicate<ISessionRecord> such) => tcp.Kill(such) + udp.Kill(such);

    /// <summary>The endpoints that were removed and still have connections or flows.</summary>
    public IReadOnlyList<EndpointModel> FindDraining()
    {
        lock (_gate)
        {
            if (_removed.Count == 0)
                return [];
            var inUse = Sessions.Select(session => session.Endpoint.Id).ToHashSet();
            foreach (var id in _removed.Keys.Where(id => !inUse.Contains(id)).ToList())
                _removed.Remove(id);
            return [.. _removed.Values];
        }
    }

    /// <summary>Loads the configuration, once: whoever of Kestrel and the host comes first.</summary>
    /// <exception cref="Configuration.L4ConfigException">It cannot be used.</exception>
    public void Load()
    {
        lock (_gate)
        {
            if (_watching is not null)
                return;
            var first = loader.LoadFirst();
            transport.Choose(first.Config);
            budget.Undialled = tcp.CountWithoutUpstream;
            health.Cutting = Cut;
            Swap(first);
            monitor.Apply(first.Clusters.Values);
            Announce();
            live.Start(() => Sessions);
            destinations.Start(() => _snapshot);
            // Elsewhere: whoever starts the proxy does not wait for what is loaded next.
            _watching = Task.Run(WatchAsync);
        }
    }

    /// <summary>Opens the own listeners.</summary>
    /// <exception cref="Configuration.L4ConfigException">The configuration cannot be used.</exception>
    public void Start()
    {
        Load();
        lock (_gate)
        {
            if (!IsDraining)
                Listen();
        }
        // The application has started by now, and has open what it needs.
        budget.Count();
    }

    /// <inheritdoc/>
    public void Drain()
    {
        lock (_gate)
        {
            if (IsDraining)
                return;
            _drained = true;
            listeners.CloseAll();
        }
        log.Drained(tcp.Count, udp.Count);
    }

    /// <inheritdoc/>
    public void Undrain()
    {
        lock (_gate)
        {
            if (_stopping || !_drained)
                return;
            _drained = false;
            Listen();
        }
        log.Undrained();
    }

    /// <summary>The host stops: closes the own listeners; connections and flows go on.</summary>
    public void BeginStop()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            monitor.Stop();
            listeners.CloseAll();
            udp.BeginStop();
        }
        log.Draining(tcp.Count, udp.Count, _snapshot.ShutdownTimeout);
    }

    /// <summary>Lets what there is finish until <c>ShutdownTimeout</c> or <paramref name="hurry"/>, then ends what is left.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        BeginStop();
        try
        {
            await Task.WhenAll(tcp.WaitForNoneAsync(), udp.WaitForNoneAsync()).WaitAsync(_snapshot.ShutdownTimeout, clock.Time, hurry);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            var (connections, flows) = (tcp.Cut(), udp.Cut());
            if (connections + flows > 0)
                log.Cut(connections, flows, hurry.IsCancellationRequested ? "the host was hurried" : "ShutdownTimeout is over");
            await WaitForRecordsAsync();
        }
        recorder.Flush();
        dropped.Say();
        await _stop.CancelAsync();
        await logs.FlushAsync();
    }

    /// <summary>What was cut ends on its own threads: its records are made before the log is flushed for the last time.</summary>
    private async Task WaitForRecordsAsync() =>
        await Task.WhenAll(tcp.WaitForNoneAsync(), udp.WaitForNoneAsync()).WaitAsync(s_patience, TimeProvider.System).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    public async ValueTask DisposeAsync()
    {
        BeginStop();
        await _stop.CancelAsync();
        if (_watching is not null)
            await _watching;
        loader.Dispose();
        live.Dispose();
        clock.Dispose();
        // Not _stop: a host that does not wait any longer puts away what still stops.
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
            if (snapshot.Endpoints.Count == 0 && _snapshot.Endpoints.Count > 0)
                log.NoEndpointsLeft();
            var before = _snapshot;
            Swap(snapshot);
            // It is in force. What fails from here on is said as what it is, and keeps nothing else from being done.
            if (!IsDraining)
                Try(Listen);
            if (snapshot.Clusters != before.Clusters)
                Try(() => monitor.Apply(snapshot.Clusters.Values));
            Try(() => tcp.DrainRemoved(snapshot, before));
            Try(() => udp.DrainRemoved(snapshot, before));
            Try(Announce);
        }
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            log.ConfigIncomplete(e, _snapshot.Revision);
        }
    }

    private void Swap(ProxySnapshot snapshot)
    {
        var config = snapshot.Config;
        budget.SetMaxConnections(L4Config.Keys.MaxConnections.Of(config) is > 0 and var most ? most : DescriptorLimit.DefaultMaxConnections);
        // One route more says nothing of descriptors.
        if (snapshot.Graph?.OtherRoutes is null)
            budget.Count();
        recorder.Configure(config.AccessLog);
        foreach (var (id, endpoint) in _snapshot.Endpoints)
            _removed[id] = endpoint;
        foreach (var id in snapshot.Endpoints.Keys)
            _removed.Remove(id);
        snapshot.Activate(_snapshot, clock.Now);
        _snapshot = snapshot;
    }

    private void Announce()
    {
        var snapshot = _snapshot;
        log.ConfigApplied(snapshot.Revision, snapshot.Endpoints.Count, snapshot.Config.Routes?.Count ?? 0, snapshot.Clusters.Count);
        Applied?.Invoke(snapshot);
    }

    private void Cut(DestinationState destination)
    {
        tcp.Cut(destination);
        udp.Cut(destination);
    }

    private void Listen() => listeners.Apply(_snapshot, Open);

    private IOwnListener Open(EndPoint address, EndpointModel endpoint) =>
        endpoint.IsUdp ? udp.Open(address, endpoint) : tcp.Open(address, endpoint);
}
