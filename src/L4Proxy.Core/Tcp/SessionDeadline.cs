using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Every time limit of one connection, in one entry of the coarse clock. While bytes are relayed it is lazy: traffic only
/// writes a time, and the entry looks at it when it comes due. Its lock is the session, which nobody else locks: a lock of its own is 48 bytes a
/// connection.
/// </summary>
internal sealed class SessionDeadline(TcpSession session, CoarseClock clock) : Deadline
{
    // So often in an idle time the kernel's queues are looked at.
    private const int LooksPerIdleTime = 4;

    // Who has gone by then has cost no system calls for it.
    private static readonly TimeSpan s_keptAliveAfter = TimeSpan.FromSeconds(10);

    private QueueWatch? _queues;
    private long _lookedAt;
    private long _drainedAt;
    private Phase _phase;
    private bool _isKeptAlive;
    private long _due;
    private long _endpointDrain = long.MaxValue;
    private long _destinationDrain = long.MaxValue;

    private enum Phase
    {
        None,
        Preface,
        ClientTls,
        Connect,
        UpstreamTls,
        Relay,
    }

    /// <summary>The client's first bytes: when over, the wait for them ends and the connection goes on.</summary>
    public void StartPreface(long milliseconds) => Start(Phase.Preface, milliseconds);

    /// <summary>The client's TLS handshake: when over, the connection is aborted.</summary>
    public void StartClientTls(long milliseconds) => Start(Phase.ClientTls, milliseconds);

    /// <summary>Dialling: when over, what dials is aborted.</summary>
    public void StartConnect(long milliseconds) => Start(Phase.Connect, milliseconds);

    /// <summary>The destination's TLS handshake: when over, its socket is aborted.</summary>
    public void StartUpstreamTls(long milliseconds) => Start(Phase.UpstreamTls, milliseconds);

    /// <summary>Relaying, to the end.</summary>
    public void StartRelay()
    {
        lock (session)
        {
            _phase = Phase.Relay;
            ScheduleRelay(NextRelayDue().Due);
        }
    }

    /// <summary>Ends the phase.</summary>
    /// <returns>False when its time was over first.</returns>
    public bool Stop()
    {
        lock (session)
        {
            var inTime = _phase != Phase.None;
            _phase = Phase.None;
            return inTime;
        }
    }

    /// <summary>Whether the time of the phase is over. A wait may also end because of the phase before.</summary>
    public bool IsOver
    {
        get
        {
            lock (session)
                return clock.Now >= _due;
        }
    }

    /// <summary>Takes the entry off the clock for good.</summary>
    public void Cancel()
    {
        Stop(); // One that has just come due must not arm itself again.
        clock.Wheel.Cancel(this);
    }

    /// <summary>Ends the connection at <paramref name="due"/> if it is still there; an earlier date of the same cause stands.</summary>
    /// <param name="due">When.</param>
    /// <param name="cause"><see cref="L4EndReason.EndpointRemoved"/> or <see cref="L4EndReason.DestinationRemoved"/>.</param>
    public void DrainBy(long due, L4EndReason cause)
    {
        lock (session)
        {
            ref var drain = ref DrainOf(cause);
            if (due >= drain)
                return;
            drain = due;
            if (_phase == Phase.Relay)
                ScheduleRelay(NextRelayDue().Due);
        }
    }

    /// <summary>The cause is gone: what was removed is back. Another cause stands.</summary>
    public void LiftDrain(L4EndReason cause)
    {
        lock (session)
            DrainOf(cause) = long.MaxValue; // The entry finds out when it comes due.
    }

    /// <summary>Something about the connection changed that may bring the end nearer, such as one side's FIN.</summary>
    public void Refresh()
    {
        lock (session)
        {
            if (_phase == Phase.Relay)
                ScheduleRelay(NextRelayDue().Due);
        }
    }

    protected override void OnExpired(long now)
    {
        Phase expired;
        IAbortable? dialled;
        var reason = L4EndReason.None;
        lock (session)
        {
            expired = _phase;
            dialled = session.Dialled; // Once the phase is stopped the next attempt may set another.
            if (expired == Phase.Relay)
            {
                StartKeepAlive(now);
                LookAtQueues(now);
                (var due, reason) = NextRelayDue();
                if (now < due)
                {
                    ScheduleRelay(due);
                    return;
                }
            }
            else if (now < _due)
            {
                return; // A later phase has scheduled anew.
            }
            if (expired == Phase.Preface)
                clock.Wheel.Schedule(this, now + TimerWheel.TickMilliseconds); // Until a wait was there to be ended.
            else
                _phase = Phase.None;
        }
        Act(expired, dialled, reason);
    }

    private void Act(Phase expired, IAbortable? dialled, L4EndReason reason)
    {
        switch (expired)
        {
            case Phase.Preface:
                session.Client.CancelWait();
                break;
            case Phase.ClientTls:
                Teardown.Abort(session, L4EndReason.ClientTlsTimeout);
                break;
            case Phase.Connect or Phase.UpstreamTls:
                dialled?.Abort();
                break;
            case Phase.Relay:
                Teardown.Abort(session, reason);
                break;
        }
    }

    private void Start(Phase phase, long milliseconds)
    {
        lock (session)
        {
            _phase = phase;
            _due = After(clock.Now, milliseconds);
            clock.Wheel.Schedule(this, _due);
        }
    }

    private long IdleTime => session.IsHalfClosed ? session.Timeouts.HalfClosed : session.Timeouts.Idle;

    private void ScheduleRelay(long due)
    {
        var look = IdleTime == TcpTimeouts.Off ? long.MaxValue : clock.Now + Math.Max(IdleTime / LooksPerIdleTime, TimerWheel.TickMilliseconds);
        if (!_isKeptAlive)
            look = Math.Min(look, KeptAliveAt);
        clock.Wheel.Schedule(this, Math.Min(due, look));
    }

    private TimeSpan KeepAlive => session.Route!.Cluster!.KeepAlive;

    private long KeptAliveAt => KeepAlive <= TimeSpan.Zero ? long.MaxValue
        : session.AcceptedAt + (long)(KeepAlive < s_keptAliveAfter ? KeepAlive : s_keptAliveAfter).TotalMilliseconds;

    private void StartKeepAlive(long now)
    {
        if (_isKeptAlive || now < KeptAliveAt)
            return;
        _isKeptAlive = true;
        session.Upstream!.StartKeepAlive(KeepAlive);
    }

    /// <summary>A peer that takes what the kernel has of the connection is not idle, though nothing is sent or received here.</summary>
    private void LookAtQueues(long now)
    {
        if (IdleTime == TcpTimeouts.Off || now - session.LastActivity < IdleTime / LooksPerIdleTime)
            return;
        var hasMoved = session.LastActivity >= _lookedAt; // What was seen before says nothing then.
        _lookedAt = now;
        if (!hasMoved && _queues is null)
            return; // Empty since the last look.
        var (up, down) = (session.Upstream!.SendQueue, session.Client.SendQueue);
        if (up.Bytes > 0 || down.Bytes > 0)
        {
            if ((_queues ??= new()).HasDrained(up, down) || hasMoved)
                _drainedAt = now;
            return;
        }
        // Empty since the last byte went out, or, where that is not known, since some time after the last look.
        var unknown = _queues is null ? now : 0;
        _drainedAt = Math.Max(_drainedAt, now - Math.Min(up.SinceSent ?? unknown, down.SinceSent ?? unknown));
        _queues = null;
    }

    private (long Due, L4EndReason Reason) NextRelayDue()
    {
        var last = Math.Max(session.LastActivity, _drainedAt);
        var next = (Due: After(last, IdleTime), Reason: session.IsHalfClosed ? L4EndReason.HalfClosedTimeout : L4EndReason.IdleTimeout);
        var lifetime = After(session.AcceptedAt, session.Timeouts.MaxLifetime);
        if (lifetime < next.Due)
            next = (lifetime, L4EndReason.LifetimeReached);
        if (_endpointDrain < next.Due)
            next = (_endpointDrain, L4EndReason.EndpointRemoved);
        return _destinationDrain < next.Due ? (_destinationDrain, L4EndReason.DestinationRemoved) : next;
    }

    private ref long DrainOf(L4EndReason cause) => ref cause == L4EndReason.EndpointRemoved ? ref _endpointDrain : ref _destinationDrain;

    // A time on the coarse clock may be a tick old, and no limit may end early.
    private static long After(long start, long milliseconds) =>
        milliseconds == TcpTimeouts.Off ? long.MaxValue : start + milliseconds + TimerWheel.TickMilliseconds;
}
