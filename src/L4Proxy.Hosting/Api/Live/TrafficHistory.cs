using L4Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Live;

/// <summary>
/// What went through in the last hour, in samples. What begins and ends is counted where it does, and what lives is looked at for each sample: who ends just then may be missed by one
/// sample, and is in the next; nothing is counted twice.
/// </summary>
internal sealed class TrafficHistory(ProxyServer server, ConnectionRecorder recorder, TimeProvider time, ILogger<L4ProxyApi> log) : ISessionWatch, IDisposable
{
    /// <summary>How many samples there are at most.</summary>
    public const int MaxSamples = 720;

    /// <summary>How long one is.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private static readonly L4EndReason[] s_reasons = Enum.GetValues<L4EndReason>();

    private readonly Lock _gate = new();
    private readonly Queue<TrafficSample> _samples = [];
    private readonly DialTimes _dials = new();
    private readonly long[] _endings = new long[(int)s_reasons[^1] + 1];
    private long _opened;
    private long _endedUp;
    private long _endedDown;
    private long _toldUp;
    private long _toldDown;
    private ITimer? _timer;
    private int _isLooking;

    /// <summary>The samples, the oldest first.</summary>
    public IReadOnlyList<TrafficSample> Samples
    {
        get
        {
            lock (_gate)
                return [.. _samples];
        }
    }

    /// <summary>Collects from now on, also where it is asked to more than once.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_timer is not null)
                return;
            recorder.Add(this);
            _timer = time.CreateTimer(static me => ((TrafficHistory)me!).Look(), this, Every, Every);
        }
    }

    public void Started() => Interlocked.Increment(ref _opened);

    public void Connected(TimeSpan took) => _dials.Note(took);

    public void Ended(ISessionRecord session)
    {
        Interlocked.Add(ref _endedUp, session.BytesUp);
        Interlocked.Add(ref _endedDown, session.BytesDown);
        Interlocked.Increment(ref _endings[(int)session.EndReason]);
    }

    public void Dispose()
    {
        recorder.Remove(this);
        _timer?.Dispose();
    }

    private void Look()
    {
        // A timer does not wait for its last callback.
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
            return;
        try
        {
            var sample = Sample();
            lock (_gate)
            {
                if (_samples.Count == MaxSamples)
                    _samples.Dequeue();
                _samples.Enqueue(sample);
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

    private TrafficSample Sample()
    {
        // Before the look, which leaves out who ends: whoever does meanwhile is in neither.
        var (up, down, connections) = (Volatile.Read(ref _endedUp), Volatile.Read(ref _endedDown), 0);
        foreach (var session in server.Sessions.Where(session => session.EndReason == L4EndReason.None))
        {
            up += session.BytesUp;
            down += session.BytesDown;
            connections++;
        }
        return new(time.GetUtcNow(), connections, Take(ref _opened), Tell(ref _toldUp, up), Tell(ref _toldDown, down), _dials.Take(), TakeEndings());
    }

    private static long Tell(ref long told, long now)
    {
        var more = Math.Max(0, now - told);
        told += more;
        return more;
    }

    private List<(L4EndReason Reason, long Count)> TakeEndings() =>
        [.. s_reasons.Select(reason => (Reason: reason, Count: Take(ref _endings[(int)reason]))).Where(ending => ending.Count > 0)];

    private static long Take(ref long count) => Interlocked.Exchange(ref count, 0);
}
