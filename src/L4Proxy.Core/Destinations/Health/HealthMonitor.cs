using System.Threading.Channels;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Timing;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Destinations.Health;

/// <summary>Has the destinations of the configuration in force probed, those of clusters that say so; no probe outlives its destination or the check.</summary>
internal sealed class HealthMonitor(Prober prober, CoarseClock clock, ILogger<HealthMonitor> log)
{
    /// <summary>Probes under way at once, of all destinations; others wait, and their time begins when they do.</summary>
    private const int MostAtOnce = 64;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _turns = Channel.CreateBounded<bool>(MostAtOnce);
    private readonly Dictionary<DestinationState, DestinationWatch> _watches = [];
    private bool _isStopped;

    /// <summary>Another configuration is in force. What it leaves as it was goes on, and keeps what it counts.</summary>
    public void Apply(IEnumerable<ClusterModel> clusters)
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            var gone = new HashSet<DestinationState>(_watches.Keys);
            foreach (var cluster in clusters)
            {
                foreach (var destination in cluster.Destinations)
                {
                    if (cluster.Check is null)
                        Forget(destination);
                    else if (destination.Enabled && gone.Remove(destination.State))
                        GoOn(cluster, destination);
                    else if (destination.Enabled)
                        Begin(cluster, destination);
                }
            }
            foreach (var state in gone)
                End(state);
        }
    }

    /// <summary>Ends all of it: the proxy stops.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (var state in _watches.Keys.ToList())
                End(state);
        }
    }

    private void GoOn(ClusterModel cluster, DestinationModel destination)
    {
        if (_watches[destination.State].TryGoOn(cluster, destination))
            return;
        End(destination.State);
        Begin(cluster, destination);
    }

    private void Begin(ClusterModel cluster, DestinationModel destination)
    {
        var watch = new DestinationWatch(cluster, destination, prober, _turns, clock, log);
        _watches.Add(destination.State, watch);
        watch.Start();
    }

    private void End(DestinationState state)
    {
        if (_watches.Remove(state, out var watch))
            watch.Dispose();
    }

    private void Forget(DestinationModel destination)
    {
        // First: what a probe says now would stay for good.
        End(destination.State);
        var change = destination.State.Probed.Forget();
        destination.State.Follow(change, clock.Now);
        log.Tell(destination, change);
    }
}
