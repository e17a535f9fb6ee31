using L4Proxy.Configuration;

namespace L4Proxy.Destinations.Queueing;

/// <summary>How long connections wait for a destination of a cluster, in milliseconds, and how many of them.</summary>
internal sealed record QueueLimits(long Timeout, int MaxLength)
{
    /// <summary>As configured; null where nobody waits.</summary>
    public static QueueLimits? From(L4Queue? queue) => queue is null
        ? null
        : new((long)Math.Ceiling(L4Queue.Keys.Timeout.Of(queue).TotalMilliseconds), L4Queue.Keys.MaxLength.Of(queue));
}
