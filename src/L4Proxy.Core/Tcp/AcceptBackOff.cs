using System.Net.Sockets;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Tcp;

/// <summary>How long an accept loop waits after an error, and whether it says so: a lasting one must not fill the log.</summary>
internal sealed class AcceptBackOff(TimeProvider time)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private TimeSpan _pause = Shortest;
    private long? _lastLog;

    /// <summary>Whether descriptors or memory have run out.</summary>
    public static bool IsExhaustion(Exception exception) =>
        exception is SocketException { SocketErrorCode: var error } && SocketStatus.IsExhaustion(error);

    /// <summary>The next wait, each twice as long as the one before.</summary>
    public TimeSpan Next()
    {
        var pause = _pause;
        _pause = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }

    /// <summary>After a connection was accepted.</summary>
    public void Reset() => _pause = Shortest;

    /// <summary>Whether there was no line for a while.</summary>
    public bool TryLog()
    {
        if (_lastLog is { } last && time.GetElapsedTime(last) < LogInterval)
            return false;
        _lastLog = time.GetTimestamp();
        return true;
    }
}
