namespace L4Proxy.Diagnostics;

/// <summary>Lets at most so many through in each second, and counts the rest: log lines are bounded too.</summary>
internal sealed class PerSecondLimit(TimeProvider time, int permits)
{
    private long _second;
    private int _taken;
    private long _dropped;

    public bool TryTake()
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        var current = Volatile.Read(ref _second);
        if (second != current && Interlocked.CompareExchange(ref _second, second, current) == current)
            Volatile.Write(ref _taken, 0);
        if (Interlocked.Increment(ref _taken) <= permits)
            return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>How many were held back since the last call.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);
}
