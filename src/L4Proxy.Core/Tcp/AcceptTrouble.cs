using System.Net.Sockets;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Tcp;

/// <summary>What keeps an address from accepting, and whether it is to be said again: what lasts must not fill the log.</summary>
internal sealed class AcceptTrouble(TimeProvider time)
{
    public static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _lastLog;

    /// <summary>Whether descriptors or memory have run out.</summary>
    public static bool IsExhaustion(Exception exception) =>
        exception is SocketException { SocketErrorCode: var error } && SocketStatus.IsExhaustion(error);

    /// <summary>Whether there was no line for a while.</summary>
    public bool TryLog()
    {
        lock (_gate)
        {
            if (_lastLog is { } last && time.GetElapsedTime(last) < LogInterval)
                return false;
            _lastLog = time.GetTimestamp();
            return true;
        }
    }
}
