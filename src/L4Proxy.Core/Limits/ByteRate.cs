namespace L4Proxy.Limits;

/// <summary>
/// A token bucket of bytes. Who has some to pass on reserves them and waits for his turn, so that those who share one go in the order in which they came. From any thread.
/// </summary>
internal sealed class ByteRate
{
    // Often enough that nobody sees it stutter, and no more than a buffer.
    private const int PartsOfSecond = 20;
    private const int MostAtOnce = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly double _secondsOfByte;
    private readonly double _secondsOfBurst;
    private readonly TimeProvider _time;
    private readonly long _start;
    private double _passedAt;

    /// <summary>A full one.</summary>
    /// <param name="bytesPerSecond">More than 0.</param>
    /// <param name="burst">More than 0.</param>
    /// <param name="time">The clock.</param>
    public ByteRate(long bytesPerSecond, long burst, TimeProvider time)
    {
        (_time, _start) = (time, time.GetTimestamp());
        (_secondsOfByte, _secondsOfBurst) = (1.0 / bytesPerSecond, (double)burst / bytesPerSecond);
        _passedAt = -_secondsOfBurst;
        AtOnce = (int)Math.Clamp(Math.Min(bytesPerSecond / PartsOfSecond, burst), 1, MostAtOnce);
    }

    /// <summary>How many bytes are best passed at once.</summary>
    public int AtOnce { get; }

    /// <summary>Reserves bytes, also more than there are.</summary>
    /// <returns>How long to wait until they may pass.</returns>
    public TimeSpan Reserve(int bytes)
    {
        lock (_gate)
        {
            var now = _time.GetElapsedTime(_start).TotalSeconds;
            _passedAt = Math.Max(_passedAt, now - _secondsOfBurst) + (bytes * _secondsOfByte);
            return _passedAt <= now ? TimeSpan.Zero : TimeSpan.FromSeconds(_passedAt - now);
        }
    }
}
