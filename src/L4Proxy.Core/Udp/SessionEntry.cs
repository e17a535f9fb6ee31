using L4Proxy.Timing;

namespace L4Proxy.Udp;

/// <summary>
/// A flow as <see cref="SessionTable{TSession}"/> sees it, and its own node in the table's lists. What has no other word is
/// guarded by the table's lock.
/// </summary>
/// <param name="key">Client and local address.</param>
/// <param name="idleTimeout">Milliseconds without a datagram either way after which the flow ends; <see cref="UdpTimeouts.Never"/> is off.</param>
internal abstract class SessionEntry(in SessionKey key, long idleTimeout)
{
    private long _lastActive;

    public SessionKey Key { get; } = key;

    public long IdleTimeout { get; } = idleTimeout;

    /// <summary>
    /// Replies to each of the client's datagrams after which the flow ends, as nginx's <c>proxy_responses</c>; null is no
    /// such end; at 0 the flow is in no table. They are counted against all that the client has sent: two questions from one port await two answers.
    /// </summary>
    public int? Responses { get; init; }

    /// <summary>Within what all flows of the client's address go to one destination (any object that equals itself); null where each goes its own way.</summary>
    public object? AffinityScope { get; init; }

    /// <summary>What the client's flows share: set by <see cref="SessionTable{TSession}.TryAdd"/> where there is an <see cref="AffinityScope"/>.</summary>
    public SessionAffinity? Affinity { get; internal set; }

    /// <summary>When a datagram last passed either way. Safe from any thread.</summary>
    public long LastActive
    {
        get => Volatile.Read(ref _lastActive);
        internal set => Volatile.Write(ref _lastActive, value);
    }

    /// <summary>The list that the entry is in; null when it is in no table.</summary>
    internal SessionIdleOrder? Order { get; set; }

    internal SessionEntry? Previous { get; set; }

    internal SessionEntry? Next { get; set; }

    /// <summary>Datagrams that the client has sent.</summary>
    internal long Requests { get; set; }

    /// <summary>Datagrams that the destination has sent.</summary>
    internal long Replies { get; set; }

    internal bool HasAllReplies => Responses is { } responses && Replies >= Requests * responses;
}
