namespace L4Proxy.Destinations.Health;

/// <summary>
/// Whether a destination, or one address of one, has failed so often that it gets nothing for a while: longer each time, as Envoy's outlier detection, and at
/// once where it fails again before it has answered. Times are the coarse clock's. From any thread.
/// </summary>
internal sealed class Ejection
{
    /// <summary>What <see cref="Until"/> is where it is not ejected, and has answered since it was.</summary>
    public const long None = long.MinValue;

    /// <summary>Envoy's default: <c>max_ejection_time</c> is ten times <c>base_ejection_time</c>.</summary>
    private const int MostTimes = 10;

    private readonly Lock _gate = new();
    private long[] _failures = [];
    private int _count;
    private int _next;
    private int _times;
    private long _at;
    private long _endedAt;
    private long _until = None;

    /// <summary>Until when it gets nothing while there are others.</summary>
    public long Until => Volatile.Read(ref _until);

    /// <summary>Whether it is ejected.</summary>
    public bool Holds(long now) => now < Until;

    /// <summary>It failed.</summary>
    /// <returns>Whether that was once too often.</returns>
    public bool NoteFailure(HealthPolicy policy, long now)
    {
        lock (_gate)
        {
            if (_until != None)
                return now >= _until;
            if (_failures.Length != policy.MaxFails)
                (_failures, _count, _next) = (new long[policy.MaxFails], 0, 0);
            _failures[_next] = now;
            _next = (_next + 1) % _failures.Length;
            _count = Math.Min(_count + 1, _failures.Length);
            // The next place is that of the oldest.
            return _count == _failures.Length && now - _failures[_next] <= policy.Window;
        }
    }

    /// <summary>It is ejected now.</summary>
    /// <returns>Until when.</returns>
    public long Begin(HealthPolicy policy, long now)
    {
        lock (_gate)
        {
            var wellSince = _until == None ? _endedAt : _until;
            _times = (int)Math.Clamp(_times - ((now - wellSince) / policy.EjectionTime), 0, MostTimes - 1) + 1;
            _at = now;
            _count = 0;
            Volatile.Write(ref _until, now + (_times * policy.EjectionTime));
            return _until;
        }
    }

    /// <summary>Its time is over; until it has answered a failure ejects it again.</summary>
    public void Hasten(long now)
    {
        lock (_gate)
        {
            if (_until > now)
                Volatile.Write(ref _until, now);
        }
    }

    /// <summary>It has answered what began at a time. What began before it was ejected says nothing of it now.</summary>
    /// <returns>Whether nothing is held against it any more.</returns>
    public bool TryEnd(long begunAt)
    {
        if (Until == None)
            return true;
        lock (_gate)
        {
            // Another answer was faster.
            if (_until == None)
                return true;
            // What began in the same tick of the clock may have begun before.
            if (begunAt <= _at)
                return false;
            _endedAt = Math.Min(begunAt, _until);
            Volatile.Write(ref _until, None);
            return true;
        }
    }
}
