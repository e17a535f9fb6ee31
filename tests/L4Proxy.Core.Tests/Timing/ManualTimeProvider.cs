namespace L4Proxy.Core.Tests.Timing;

/// <summary>
/// A clock that moves only when a test says so. Timers run on the thread that calls <see cref="Advance"/>, in the order of
/// their time, each with the clock standing at that time; their exceptions come out of <see cref="Advance"/>. Like
/// the system's, a timer carries its creator's execution context.
/// </summary>
/// <remarks>
/// FakeTimeProvider serves wherever a clock stands still or takes one step. For the coarse clock it does not: it moves to the end before the
/// first timer runs, ignores a step that is made within a timer, makes up for every period that a jump left out, and forgets the context.
/// The timestamp counts neither in <see cref="TimeSpan"/> ticks nor from zero, so code that confuses the two fails.
/// (8 per tick: the factor is exact in binary, so nothing is lost in conversion.)
/// </remarks>
internal sealed class ManualTimeProvider : TimeProvider
{
    private const long TimestampsPerTick = 8;
    private const long FirstTimestamp = 123_456_789;

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _elapsed;
    private long _sequence;

    /// <summary>How far the clock has moved.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
                return _elapsed;
        }
    }

    /// <summary>Timers that are going to fire.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond * TimestampsPerTick;

    public override long GetTimestamp() => FirstTimestamp + (Elapsed.Ticks * TimestampsPerTick);

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, and fires every timer on the way as often as it comes due. A callback may call this too.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Elapsed + by;
        while (TakeDue(end, catchUp: false) is { } timer)
            timer.Fire();
        MoveTo(end);
    }

    /// <summary>
    /// Moves the clock at once, as after the process was stopped: a timer due in between fires once, at the end, and a
    /// periodic one goes on from there.
    /// </summary>
    public void Jump(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        MoveTo(Elapsed + by);
        while (TakeDue(Elapsed, catchUp: true) is { } timer)
            timer.Fire();
    }

    private void MoveTo(TimeSpan elapsed)
    {
        lock (_lock)
            _elapsed = elapsed > _elapsed ? elapsed : _elapsed;
    }

    private ManualTimer? TakeDue(TimeSpan end, bool catchUp)
    {
        lock (_lock)
        {
            var next = _timers.MinBy(timer => (timer.Due, timer.Sequence));
            if (next is null || next.Due > end)
                return null;
            MoveTo(next.Due);
            if (next.Period > TimeSpan.Zero)
                (next.Due, next.Sequence) = ((catchUp ? _elapsed : next.Due) + next.Period, _sequence++);
            else
                _timers.Remove(next);
            return next;
        }
    }

    private bool Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (timer.IsDisposed)
                return false;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            timer.Due = _elapsed + dueTime;
            timer.Period = period;
            timer.Sequence = _sequence++;
            _timers.Add(timer);
            return true;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Sequence { get; set; }

        public bool IsDisposed { get; private set; }

        public void Fire()
        {
            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, static timer => ((ManualTimer)timer!).Call(), this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => owner.Set(this, dueTime, period);

        public void Dispose()
        {
            IsDisposed = true;
            owner.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Call() => callback(state);
    }
}
