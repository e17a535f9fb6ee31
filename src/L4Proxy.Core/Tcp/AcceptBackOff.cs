namespace L4Proxy.Tcp;

/// <summary>How long an accept loop waits after an error.</summary>
internal sealed class AcceptBackOff
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private TimeSpan _pause = Shortest;

    /// <summary>The next wait, each twice as long as the one before.</summary>
    public TimeSpan Next()
    {
        var pause = _pause;
        _pause = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }

    /// <summary>After a connection was accepted.</summary>
    public void Reset() => _pause = Shortest;
}
