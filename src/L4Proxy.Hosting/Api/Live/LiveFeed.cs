using System.Collections.Immutable;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Live;

/// <summary>Looks once a second at what there is, for all who watch; while nobody does it does nothing, and connections do not know of it.</summary>
internal sealed class LiveFeed(
    ProxyServer server, ConnectionRecorder recorder, ConfigLoader loader, IL4DestinationHealth health, StoreSession store, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<L4ProxyApi> log) : IDisposable
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const int MaxReaders = 100;
    private const int MaxLoads = 16;

    private readonly Lock _gate = new();
    private readonly List<LiveReader> _readers = [];
    private ImmutableList<ConfigLoad> _loads = [];
    private SessionSampler? _sampler;
    private ITimer? _timer;
    private CancellationTokenRegistration _stop;
    private long _number;
    private int _isLooking;

    /// <summary>Fires when the host begins to stop.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>How many watch.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _readers.Count;
        }
    }

    /// <summary>The configuration as it is now.</summary>
    public ConfigLoad Now => LoadNow(_loads.IsEmpty ? 0 : _loads[^1].Number);

    /// <summary>Watches from now on, until it is disposed of.</summary>
    /// <exception cref="ApiProblem">There are too many, or the host stops.</exception>
    public LiveReader Join()
    {
        lock (_gate)
        {
            if (Stopping.IsCancellationRequested)
                throw Stops();
            if (_readers.Count >= MaxReaders)
                throw new ApiProblem(StatusCodes.Status429TooManyRequests, $"There are {MaxReaders} watchers already.");
            if (_timer is null)
                Begin();
            var reader = new LiveReader(this, _number);
            _readers.Add(reader);
            return reader;
        }
    }

    /// <summary>Why a watcher is told nothing more.</summary>
    public static ApiProblem Stops() => new(StatusCodes.Status503ServiceUnavailable, "The host stops.");

    /// <summary>A watcher has gone away.</summary>
    public void Leave(LiveReader reader)
    {
        lock (_gate)
        {
            if (_readers.Remove(reader) && _readers.Count == 0)
                End();
        }
    }

    public void Dispose()
    {
        lock (_gate)
            End();
    }

    private void Begin()
    {
        _sampler = new SessionSampler(() => server.Sessions, time);
        recorder.Add(_sampler);
        loader.Loaded += NoteLoad;
        _sampler.Sample();
        _timer = time.CreateTimer(static me => ((LiveFeed)me!).Look(), this, Every, Every);
        _stop = Stopping.Register(EndAll);
    }

    private void End()
    {
        if (_timer is null)
            return;
        _timer.Dispose();
        // Without waiting for it: it may wait for the gate.
        _stop.Unregister();
        recorder.Remove(_sampler!);
        (_timer, _sampler) = (null, null);
        loader.Loaded -= NoteLoad;
    }

    private void EndAll()
    {
        lock (_gate)
            _readers.ForEach(reader => reader.End());
    }

    private void Look()
    {
        // A timer does not wait for its last callback.
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
            return;
        try
        {
            lock (_gate)
            {
                if (_sampler is null)
                    return;
                var tick = new LiveTick(_number + 1, time.GetUtcNow(), _sampler.Sample(), health.GetDestinations(), Volatile.Read(ref _loads));
                _number = tick.Number;
                _readers.ForEach(reader => reader.Tell(tick));
            }
        }
        catch (Exception e)
        {
            // On a timer it would end the process.
            log.WatchFailed(e);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    // On the thread that loads, and nowhere else.
    private void NoteLoad()
    {
        var loads = _loads.Add(LoadNow(_loads.IsEmpty ? 1 : _loads[^1].Number + 1));
        Volatile.Write(ref _loads, loads.Count > MaxLoads ? loads.RemoveAt(0) : loads);
    }

    private ConfigLoad LoadNow(long number) => new(number, store.Current, server.Snapshot.Revision, loader.Errors);
}
