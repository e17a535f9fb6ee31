namespace L4Proxy.Destinations.Health;

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
    private bool _isOnTrial;
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
            if (now < _until && !_isOnTrial)
                return false;
            _isOnTrial = false;
            _length = Math.Clamp(2 * _length, Shortest, Longest);
            Volatile.Write(ref _until, now + _length);
            return true;
        }
    }

    /// <summary>
    /// The time is over, and one connection finds out whether it is back: for as long as that may take the others go on to come first, for who has no
    /// answer at all costs each that is sent to it all of its time.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="length">How long it may take.</param>
    /// <returns>Whether the caller is the one.</returns>
    public bool TryBeginTrial(long now, long length)
    {
        if (Until is var until && (until == None || until > now))
            return false;
        lock (_gate)
        {
            if (_until == None || _until > now)
                return false;
            _isOnTrial = true;
            Volatile.Write(ref _until, now + length);
            return true;
        }
    }

    /// <summary>The others come first until a later time.</summary>
    public void PutOff(long until)
    {
        lock (_gate)
        {
            _isOnTrial = false;
            Volatile.Write(ref _until, Math.Max(_until, until));
        }
    }

    /// <summary>It may be tried now.</summary>
    public void Hasten(long now)
    {
        lock (_gate)
        {
            if (_until > now && !_isOnTrial)
                Volatile.Write(ref _until, now);
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
            if (_until == None)
                return false;
            (_length, _isOnTrial) = (0, false);
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
