namespace L4Proxy.Sessions;

/// <summary>How many bytes of a session the meter has heard of. From any thread.</summary>
internal struct ReportedBytes
{
    private long _up;
    private long _down;

    /// <summary>Those that it has not heard of yet: it has now.</summary>
    /// <param name="up">The direction.</param>
    /// <param name="bytes">How many there are by now.</param>
    public long Take(bool up, long bytes)
    {
        ref var reported = ref up ? ref _up : ref _down;
        for (;;)
        {
            var before = Volatile.Read(ref reported);
            if (bytes <= before)
                return 0;
            if (Interlocked.CompareExchange(ref reported, bytes, before) == before)
                return bytes - before;
        }
    }
}
