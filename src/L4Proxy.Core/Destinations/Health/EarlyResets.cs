namespace L4Proxy.Destinations.Health;

/// <summary>
/// Connections that a destination accepted and reset before it sent a byte, one after the other: one that sent something ends the count. From any thread.
/// </summary>
internal sealed class EarlyResets
{
    /// <summary>What comes later, in milliseconds, is not early: a server's own time limit, perhaps.</summary>
    public const long Early = 1_000;

    private int _count;
    private long _last = long.MinValue;

    /// <summary>One more.</summary>
    /// <returns>How many there are.</returns>
    public int Note(long now)
    {
        Volatile.Write(ref _last, now);
        return Interlocked.Increment(ref _count);
    }

    /// <summary>It has sent something to a client.</summary>
    public void Forget()
    {
        if (Volatile.Read(ref _count) != 0)
            Volatile.Write(ref _count, 0);
    }

    /// <summary>Whether there was one since a time that nothing has ended.</summary>
    public bool AnySince(long time) => Volatile.Read(ref _count) != 0 && Volatile.Read(ref _last) >= time;
}
