using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>What the kernel still had of a connection's bytes when it was looked at. The kernel tells nobody when it drains.</summary>
internal sealed class QueueWatch
{
    private int _up;
    private int _down;

    /// <summary>Looks again.</summary>
    /// <returns>Whether there is less than before.</returns>
    public bool HasDrained(SendQueue up, SendQueue down)
    {
        var hasDrained = up.Bytes < _up || down.Bytes < _down;
        (_up, _down) = (up.Bytes, down.Bytes);
        return hasDrained;
    }
}
