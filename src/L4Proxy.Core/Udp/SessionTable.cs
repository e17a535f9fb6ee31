using System.Runtime.InteropServices;

namespace L4Proxy.Udp;

/// <summary>
/// The flows of one endpoint: no sockets, no clock. Times are milliseconds on a scale of the caller's, such as the coarse
/// clock's; one that lies before the latest seen counts as the latest.
/// <para>
/// Safe from any thread, by one lock. Nothing under it waits or runs foreign code, and everything takes the same time
/// however many flows there are, but for the growth of the hash table. Replies take the lock once for each new value of the
/// clock, not for each datagram. How many there may be is <see cref="Admission"/>'s: none that is there is given up
/// for one that would come.
/// </para>
/// </summary>
/// <typeparam name="TSession">The caller's flow.</typeparam>
/// <param name="affinities">What flows of one client share, here and in other tables; null is here alone.</param>
internal sealed class SessionTable<TSession>(SessionAffinities? affinities = null)
    where TSession : SessionEntry
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SessionKey, TSession> _sessions = [];

    // A list for each idle timeout in use: they are configured, so there are few.
    private readonly Dictionary<long, SessionIdleOrder> _orders = [];
    private readonly SessionAffinities _affinities = affinities ?? new();
    private long _now = long.MinValue;

    /// <summary>How many flows there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _sessions.Count;
        }
    }

    /// <summary>Looks up the flow of a client's datagram, and notes the datagram.</summary>
    /// <returns>Null where there is none.</returns>
    public TSession? Find(in SessionKey key, long now)
    {
        lock (_lock)
        {
            See(now);
            if (_sessions.TryGetValue(key, out var session))
            {
                session.Requests++;
                Touch(session);
            }
            return session;
        }
    }

    /// <summary>Adds a flow with the client's datagram that starts it.</summary>
    /// <returns>False, and nothing is changed, when another flow of that key was added meanwhile.</returns>
    /// <exception cref="InvalidOperationException">The flow is in a table already.</exception>
    public bool TryAdd(TSession session, long now)
    {
        lock (_lock)
        {
            See(now);
            if (session.Order is not null)
                throw new InvalidOperationException("The flow is in a table already.");
            if (!_sessions.TryAdd(session.Key, session))
                return false;
            session.Requests = 1;
            session.Replies = 0;
            session.LastActive = _now;
            OrderOf(session.IdleTimeout).Add(session);
            Join(session);
            return true;
        }
    }

    /// <summary>Notes a datagram of the destination's.</summary>
    /// <returns>Whether it was the last of <see cref="SessionEntry.Responses"/>: the flow is out of the table, and the caller ends it.</returns>
    public bool Reply(TSession session, long now)
    {
        // Noted for this value of the clock already.
        if (session.Responses is null && now <= session.LastActive && session.LastActive == Volatile.Read(ref _now))
            return false;
        lock (_lock)
        {
            See(now);
            if (session.Order is null)
                return false;
            session.Replies++;
            Touch(session);
            return session.HasAllReplies && RemoveLocked(session);
        }
    }

    /// <summary>Takes a flow out. Of several callers one hears true: that one ends it.</summary>
    public bool Remove(TSession session)
    {
        lock (_lock)
            return RemoveLocked(session);
    }

    /// <summary>
    /// Takes out flows that have been idle for longer than their timeouts, at most as many as <paramref name="expired"/>
    /// holds, so that the lock is held for a bounded time. Where it comes back full, there may be more.
    /// </summary>
    /// <returns>How many.</returns>
    public int ExpireIdle(long now, Span<TSession?> expired)
    {
        var count = 0;
        lock (_lock)
        {
            See(now);
            foreach (var order in _orders.Values)
            {
                while (count < expired.Length && order.IsDue(_now))
                {
                    var session = (TSession)order.First!;
                    RemoveLocked(session);
                    expired[count++] = session;
                }
                if (order.First is null)
                    _orders.Remove(order.Timeout);
            }
        }
        return count;
    }

    /// <summary>The flows at this moment.</summary>
    public List<TSession> ToList()
    {
        lock (_lock)
            return [.. _sessions.Values];
    }

    private void See(long now)
    {
        if (now > _now)
            Volatile.Write(ref _now, now);
    }

    private void Touch(TSession session)
    {
        if (session.LastActive == _now)
            return;
        var order = session.Order!;
        order.Remove(session);
        session.LastActive = _now;
        order.Add(session);
    }

    private bool RemoveLocked(TSession session)
    {
        if (session.Order is not { } order)
            return false;
        order.Remove(session);
        _sessions.Remove(session.Key);
        Leave(session);
        return true;
    }

    private SessionIdleOrder OrderOf(long timeout) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_orders, timeout, out _) ??= new SessionIdleOrder(timeout);

    private void Join(TSession session)
    {
        if (session.AffinityScope is { } scope)
            session.Affinity = _affinities.Join(scope, session.Key.Client.Host);
    }

    private void Leave(TSession session)
    {
        // The flow keeps what it shared: it may be asked for it while it ends.
        if (session.Affinity is { } affinity)
            _affinities.Leave(affinity);
    }
}
