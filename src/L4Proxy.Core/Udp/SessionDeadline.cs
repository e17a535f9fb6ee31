using L4Proxy.Timing;

namespace L4Proxy.Udp;

/// <summary>What ends a flow that is not idle: <c>MaxLifetime</c>, or the end of a drain. Idleness is the table's.</summary>
internal sealed class SessionDeadline(UdpSession session, CoarseClock clock) : Deadline
{
    private readonly Lock _gate = new();
    private long _due = long.MaxValue;
    private L4EndReason _reason;
    private bool _canceled;

    /// <summary>Begins to count <c>MaxLifetime</c>.</summary>
    public void StartLifetime(long milliseconds) =>
        EndBy(clock.Now + milliseconds + TimerWheel.TickMilliseconds, L4EndReason.LifetimeReached);

    /// <summary>Ends the flow at <paramref name="due"/> if it is still there; an earlier date stands.</summary>
    public void EndBy(long due, L4EndReason reason)
    {
        lock (_gate)
        {
            if (_canceled || due >= _due)
                return;
            (_due, _reason) = (due, reason);
            clock.Wheel.Schedule(this, due);
        }
    }

    /// <summary>Takes the entry off the clock for good.</summary>
    public void Cancel()
    {
        lock (_gate)
            _canceled = true;
        clock.Wheel.Cancel(this);
    }

    protected override void OnExpired(long now) => Teardown.End(session, _reason);
}
