namespace L4Proxy.Destinations;

/// <summary>
/// That a destination is not there: for a while the others of its cluster come first. A second after the first refusal, and
/// twice as long, up to 16 seconds, after each that comes when the time is over; an answer ends it. Times are the coarse clock's.
/// From any thread.
/// </summary>
internal sealed class Refusals
{
    /// <summary>What <see cref="Until"/> is where there are none that no answer has ended.</summary>
    public const long None = long.MinValue;

    private const long Shortest = 1_000;
    private const long Longest = 16_000;
    private const long WarnEvery = 60_000;

    private readonly Lock _gate = new();
    private long _until = None;
    private long _length;
    private long _warnAt = long.MinValue;
    private int _unsaid;

    /// <summary>Until when the others come first, if it does not answer before.</summary>
    public long Until => Volatile.Read(ref _until);

    /// <summary>It refused, or could not be reached.</summary>
    /// <returns>Whether <see cref="Until"/> has changed.</returns>
    public bool TryNote(long now)
    {
        lock (_gate)
        {
            _unsaid++;
            // What was sent before the first refusal came is refused, too.
            if (now < _until)
                return false;
            _length = Math.Clamp(2 * _length, Shortest, Longest);
            Volatile.Write(ref _until, now + _length);
            return true;
        }
    }

    /// <summary>It answered.</summary>
    /// <returns>Whether <see cref="Until"/> has changed.</returns>
    public bool TryForget()
    {
        if (Until == None)
            return false;
        lock (_gate)
        {
            _length = 0;
            Volatile.Write(ref _until, None);
            return true;
        }
    }

    /// <summary>Whether it is time to say so: once a minute.</summary>
    /// <param name="now">The coarse clock's.</param>
    /// <param name="count">Refusals since it was last said.</param>
    public bool TryTakeWarning(long now, out int count)
    {
        lock (_gate)
        {
            count = _unsaid;
            if (now < _warnAt)
                return false;
            _warnAt = now + WarnEvery;
            _unsaid = 0;
            return true;
        }
    }
}
