using System.Threading.Channels;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Diagnostics;
using L4Proxy.Timing;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Destinations.Health;

/// <summary>Probes one destination again and again, never twice at once, and says what changes.</summary>
internal sealed class DestinationWatch : IDisposable
{
    /// <summary>First probes of many destinations are spread over so long.</summary>
    private static readonly TimeSpan s_firstWithin = TimeSpan.FromMilliseconds(250);

    private const double Jitter = 0.1;
    private const long WarnEvery = 60_000;

    private readonly CancellationTokenSource _stop = new();
    private readonly Prober _prober;
    private readonly CancellationToken _stopped;
    private readonly Channel<bool> _turns;
    private readonly CoarseClock _clock;
    private readonly ILogger _log;
    private readonly int _series;
    private readonly ActiveCheck _check;
    private readonly string? _at;
    private volatile Target _target;
    private long _warnAt = long.MinValue;

    /// <summary>A watch that has not begun.</summary>
    /// <param name="cluster">The cluster, which has a check.</param>
    /// <param name="destination">Its destination.</param>
    /// <param name="prober">What makes the probes.</param>
    /// <param name="turns">Has room for as many as there may be probes at once, of all destinations.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Where changes are said.</param>
    public DestinationWatch(ClusterModel cluster, DestinationModel destination, Prober prober, Channel<bool> turns, CoarseClock clock, ILogger log)
    {
        (_prober, _turns, _clock, _log) = (prober, turns, clock, log);
        (_target, _stopped) = (new(cluster, destination), _stop.Token);
        (_check, _at) = (cluster.Check!, destination.HealthAddress?.ToString());
        _series = destination.State.Probed.Begin(_check.Rise, _check.Fall);
    }

    /// <summary>Whether a configuration has the destination probed as this does; then it goes on with what else is new.</summary>
    public bool TryGoOn(ClusterModel cluster, DestinationModel destination)
    {
        if (cluster.Check != _check || destination.HealthAddress?.ToString() != _at)
            return false;
        _target = new(cluster, destination);
        return true;
    }

    /// <summary>Begins.</summary>
    public void Start()
    {
        // Whoever applies a configuration does not wait, and his context is none of a probe's.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(RunAsync);
    }

    /// <summary>Ends, a probe that is under way included. What is known of the destination stays.</summary>
    public void Dispose()
    {
        _target.Destination.State.Probed.End();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await DelayAsync(s_firstWithin * Random.Shared.NextDouble());
            while (true)
            {
                var started = _clock.Time.GetTimestamp();
                await ProbeAsync();
                await DelayAsync((_check.Interval * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()))) - _clock.Time.GetElapsedTime(started));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private Task DelayAsync(TimeSpan time) => time > TimeSpan.Zero ? Task.Delay(time, _clock.Time, _stopped) : Task.CompletedTask;

    private async Task ProbeAsync()
    {
        await _turns.Writer.WriteAsync(true, _stopped);
        var (cluster, destination) = _target;
        var started = _clock.Time.GetTimestamp();
        ProbeOutcome outcome;
        try
        {
            outcome = await _prober.ProbeAsync(cluster, destination, _stopped);
        }
        catch (Exception e) when (!_stopped.IsCancellationRequested)
        {
            // A fault of this program says nothing of the destination, and must not leave it without probes for good.
            outcome = ProbeOutcome.Unknown(e.Message);
        }
        finally
        {
            _turns.Reader.TryRead(out var _);
        }
        if (outcome.Status == ProbeStatus.Unknown && !_stopped.IsCancellationRequested)
            SayNothingSaid(destination, outcome.Detail);
        var change = destination.State.Probed.Note(_series, outcome, _clock.Time.GetUtcNow(), _clock.Time.GetElapsedTime(started));
        destination.State.Follow(change, _clock.Now);
        _log.Tell(destination, change);
    }

    private void SayNothingSaid(DestinationModel destination, string reason)
    {
        if (_clock.Now < _warnAt)
            return;
        _warnAt = _clock.Now + WarnEvery;
        _log.ProbeSaysNothing(destination.Id, destination.State.Cluster.Id, reason);
    }

    private sealed record Target(ClusterModel Cluster, DestinationModel Destination);
}
