namespace L4Proxy.Timing;

/// <summary>
/// The one clock of every deadline of every connection. It ticks every 100 ms: a hot path reads <see cref="Now"/>
/// (one load, no system call) to note that something happened, and a deadline that comes up looks at that note and
/// arms itself for what is left, so activity never touches the wheel.
/// </summary>
internal sealed class CoarseClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly IDisposable _timer;
    private long _now;
    private int _advancing;

    /// <summary>Starts ticking.</summary>
    /// <param name="time">Where time comes from: its timestamps, not its date, so a change of date moves nothing.</param>
    /// <param name="onError">Told what a deadline threw.</param>
    public CoarseClock(TimeProvider time, Action<Exception> onError)
    {
        _time = time;
        _start = time.GetTimestamp();
        Wheel = new TimerWheel(onError);
        _timer = StartTimer(time, Tick);
    }

    /// <summary>The fine clock, for measuring.</summary>
    public TimeProvider Time => _time;

    /// <summary>The deadlines. Its times are milliseconds on the scale of <see cref="Now"/>.</summary>
    public TimerWheel Wheel { get; }

    /// <summary>Milliseconds since this clock was made, as of the last tick; never goes back.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>
    /// Arms <paramref name="deadline"/> so that it fires no earlier than <paramref name="delay"/> from this moment
    /// (not from the last tick) and less than two ticks later; <see cref="Timeout.InfiniteTimeSpan"/> is never.
    /// </summary>
    public void Schedule(Deadline deadline, TimeSpan delay) => Wheel.Schedule(deadline, DueAfter(delay));

    /// <inheritdoc cref="TimerWheel.Cancel"/>
    public bool Cancel(Deadline deadline) => Wheel.Cancel(deadline);

    /// <summary>Stops ticking: nothing fires any more, except what is firing now.</summary>
    public void Dispose() => _timer.Dispose();

    private static IDisposable StartTimer(TimeProvider time, Action tick)
    {
        var period = TimeSpan.FromMilliseconds(TimerWheel.TickMilliseconds);
        if (time == TimeProvider.System)
            return new TickThread(tick, period);

        // The clock outlives whoever happens to make it, so it must not carry that caller's context along.
        using var _ = ExecutionContext.SuppressFlow();
        return time.CreateTimer(static state => ((Action)state!)(), tick, period, period);
    }

    private long DueAfter(TimeSpan delay)
    {
        if (delay == Timeout.InfiniteTimeSpan)
            return long.MaxValue;

        // Both round up: the sum of two times rounded down would be early.
        var elapsed = _time.GetElapsedTime(_start);
        return CeilingMilliseconds(elapsed) + CeilingMilliseconds(delay);
    }

    private static long CeilingMilliseconds(TimeSpan time)
    {
        (long milliseconds, long rest) = Math.DivRem(time.Ticks, TimeSpan.TicksPerMillisecond);
        return rest > 0 ? milliseconds + 1 : milliseconds;
    }

    private void Tick()
    {
        var now = _time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMillisecond;
        Publish(now);

        // A timer does not wait for its last callback: the next tick catches up with what this one leaves out.
        if (Interlocked.Exchange(ref _advancing, 1) == 0)
        {
            Wheel.Advance(now);
            Volatile.Write(ref _advancing, 0);
        }
    }

    private void Publish(long now)
    {
        var seen = Volatile.Read(ref _now);
        while (now > seen)
        {
            var before = Interlocked.CompareExchange(ref _now, now, seen);
            if (before == seen)
                return;

            seen = before;
        }
    }
}
