using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// What the kernel still has of a connection's bytes, as it was at the last look. Peers that take of it are not idle, though nothing is
/// sent or received here; and the kernel tells nobody.
/// </summary>
internal sealed class QueueWatch
{
    private long _lookedAt = -1;
    private int _up;
    private int _down;

    /// <summary>Looks at what is in the queues.</summary>
    /// <returns>Whether a peer may have taken something since the last look.</returns>
    public bool HasDrained(SendQueue up, SendQueue down, long lastActivity, long now)
    {
        // Bytes were added since: what was seen before says nothing.
        var hasDrained = lastActivity >= _lookedAt || up.Bytes < _up || down.Bytes < _down;
        (_up, _down, _lookedAt) = (up.Bytes, down.Bytes, now);
        return hasDrained;
    }
}
