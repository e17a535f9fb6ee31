using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Destinations.Queueing;

/// <summary>
/// The connections that wait until a destination of their cluster can take them. Who found all of them full stands in line, and is called when there
/// is room: first come, first served, one for each place. Who was failed by what it dialled pauses for a second and then stands in line where it stood
/// before. From any thread.
/// </summary>
internal sealed class ClusterQueue(ClusterState cluster)
{
    /// <summary>With a tick of the clock it is a second at most, as HAProxy waits before it tries a server again that has failed.</summary>
    private const long Pause = 1_000 - TimerWheel.TickMilliseconds;

    // A server that is back has all of them within a few round trips, and is not run over by all at once.
    private const int ResumedByEachServed = 2;

    private static readonly Comparer<QueuedConnection> s_byArrival = Comparer<QueuedConnection>.Create((a, b) => a.Number.CompareTo(b.Number));

    private readonly Lock _gate = new();
    private readonly SortedSet<QueuedConnection> _line = new(s_byArrival);
    private readonly SortedSet<QueuedConnection> _pausing = new(s_byArrival);
    private CoarseClock? _clock;
    private long _arrivals;
    private long _resumedAt = long.MinValue;
    private int _count;
    private int _called;
    private int _ahead;

    /// <summary>Connections that wait, those that are trying again included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether somebody is to have the next room: who comes now stands behind.</summary>
    public bool HasLine => Volatile.Read(ref _ahead) > 0;

    /// <summary>Why a connection ends whose client is such.</summary>
    public static L4EndReason EndBy(TransportStatus client) => client switch
    {
        TransportStatus.Ok => L4EndReason.None,
        TransportStatus.Unreachable => L4EndReason.ClientUnreachable,
        _ => L4EndReason.ClientReset,
    };

    /// <summary>A place for a connection, or a request, that is to wait from now on; null where there is none.</summary>
    public QueuedConnection? TryEnter(TransportConnection? client, CoarseClock clock, QueueLimits limits)
    {
        lock (_gate)
        {
            if (_count >= limits.MaxLength)
                return null;
            _clock = clock;
            // A full fence: who ends before this has seen nobody, and what is free by that is seen here.
            Interlocked.Increment(ref _count);
            // A time on the coarse clock may be a tick old, and no limit may end early.
            return new(this, ++_arrivals, client, clock, clock.Now + limits.Timeout + TimerWheel.TickMilliseconds);
        }
    }

    /// <summary>What may be picked has changed: those in line are called as far as there is room, and the first of those that pause tries.</summary>
    public void NoteChange()
    {
        if (Count == 0)
            return;
        lock (_gate)
        {
            // What dials may itself be what changes: not in a circle.
            if (_clock is { Now: var now } && now >= _resumedAt + TimerWheel.TickMilliseconds && MayTry(now))
            {
                _resumedAt = now;
                Resume(1);
            }
            CallNext();
        }
    }

    /// <summary>One of those that waited is connected: others of them may be, too.</summary>
    public void Served()
    {
        lock (_gate)
        {
            Resume(ResumedByEachServed);
            CallNext();
        }
    }

    /// <summary>It waits, again or for the first time.</summary>
    public void Wait(QueuedConnection place, bool forRoom)
    {
        lock (_gate)
        {
            var now = place.Clock.Now;
            Move(place, forRoom ? QueueStage.InLine : QueueStage.Pausing);
            place.RetryAt = now + Pause;
            // It may have been called to what is free, and not have wanted it.
            CallNext();
            Arm(place, now);
        }
    }

    /// <summary>It has begun at the destination that it was called to.</summary>
    public void Begun(QueuedConnection place)
    {
        lock (_gate)
        {
            if (place.Stage != QueueStage.Called)
                return;
            Move(place, QueueStage.Dialling);
            CallNext();
        }
    }

    /// <summary>It waits no more.</summary>
    public void Leave(QueuedConnection place)
    {
        lock (_gate)
        {
            Move(place, QueueStage.Over);
            Interlocked.Decrement(ref _count);
            CallNext();
        }
    }

    /// <summary>Looks after one that waits. On the clock's thread.</summary>
    public void Look(QueuedConnection place, long now)
    {
        var end = EndBy(place.ClientFailure);
        lock (_gate)
        {
            if (place.Stage is not (QueueStage.InLine or QueueStage.Pausing))
                return;
            if (end == L4EndReason.None && now >= place.TimeoutAt)
                end = L4EndReason.QueueTimeout;
            if (end != L4EndReason.None)
                End(place, end);
            else if (place.Stage == QueueStage.Pausing && now >= place.RetryAt)
                Retry(place, now);
            CallNext();
            Arm(place, now);
        }
    }

    private void Retry(QueuedConnection place, long now)
    {
        if (MayTry(now))
            Move(place, QueueStage.InLine);
        else
            place.RetryAt = now + Pause;
    }

    /// <summary>Whether something is there, be it full. Where nothing is, nobody stands in line: what comes back is not to be run over by a whole one.</summary>
    private bool MayTry(long now) => cluster.Current?.Picker is { } picker && (picker.HasFull || picker.CountFree(now) > 0);

    private void CallNext()
    {
        if (_line.Count == 0 || _clock is not { } clock)
            return;
        // Those that were called and have not begun yet will take theirs. While somebody is in line nothing else is free: what becomes free is a change.
        for (var free = cluster.Current?.Picker.CountFree(clock.Now) ?? 0; free > _called && _line.Min is { } next;)
        {
            Move(next, QueueStage.Called);
            next.Call(L4EndReason.None);
        }
    }

    private void Resume(int count)
    {
        for (; count > 0 && _pausing.Min is { } next; count--)
            Move(next, QueueStage.InLine);
    }

    private void End(QueuedConnection place, L4EndReason end)
    {
        Move(place, QueueStage.Over);
        place.Call(end);
    }

    private static void Arm(QueuedConnection place, long now)
    {
        if (place.Stage is not (QueueStage.InLine or QueueStage.Pausing))
            return;
        var due = Math.Min(place.TimeoutAt, now + Pause);
        place.Clock.Wheel.Schedule(place, place.Stage == QueueStage.Pausing ? Math.Min(due, place.RetryAt) : due);
    }

    private void Move(QueuedConnection place, QueueStage stage)
    {
        Tally(place, -1);
        place.Stage = stage;
        Tally(place, 1);
    }

    private void Tally(QueuedConnection place, int by)
    {
        var set = place.Stage switch
        {
            QueueStage.InLine => _line,
            QueueStage.Pausing => _pausing,
            _ => null,
        };
        _ = by > 0 ? set?.Add(place) : set?.Remove(place);
        if (place.Stage == QueueStage.Called)
            _called += by;
        if (place.Stage is QueueStage.InLine or QueueStage.Called)
            Volatile.Write(ref _ahead, _ahead + by);
    }
}
