using L4Proxy.Timing;

namespace L4Proxy.Udp;

/// <summary>What ends a flow that is not idle: <c>MaxLifetime</c>, or the end of a drain. Idleness is the table's.</summary>
internal sealed class SessionDeadline(UdpSession session, CoarseClock clock) : Deadline
{
    private readonly Lock _gate = new();
    private long _completion = long.MaxValue;
    private long _lifetime = long.MaxValue;
    private long _endpointDrain = long.MaxValue;
    private long _destinationDrain = long.MaxValue;
    private bool _canceled;

    /// <summary>Begins to count <c>MaxLifetime</c>.</summary>
    public void StartLifetime(long milliseconds) => Bring(ref _lifetime, clock.Now + milliseconds + TimerWheel.TickMilliseconds);

    /// <summary>Has the flow go on for a moment, and then be complete.</summary>
    public void CompleteAfter(long milliseconds) => Bring(ref _completion, clock.Now + milliseconds);

    /// <summary>Ends the flow at <paramref name="due"/> if it is still there; an earlier date for the same reason stands.</summary>
    public void DrainBy(long due, L4EndReason reason) => Bring(ref DrainOf(reason), due);

    /// <summary>What was removed is there again: no end for that reason.</summary>
    public void LiftDrain(L4EndReason reason)
    {
        lock (_gate)
        {
            DrainOf(reason) = long.MaxValue;
            Schedule();
        }
    }

    /// <summary>Takes the entry off the clock for good.</summary>
    public void Cancel()
    {
        lock (_gate)
            _canceled = true;
        clock.Wheel.Cancel(this);
    }

    protected override void OnExpired(long now)
    {
        L4EndReason reason;
        lock (_gate)
        {
            (var due, reason) = FirstDue();
            if (now < due)
            {
                Schedule();
                return;
            }
        }
        Teardown.End(session, reason);
    }

    private ref long DrainOf(L4EndReason reason) => ref reason == L4EndReason.EndpointRemoved ? ref _endpointDrain : ref _destinationDrain;

    private void Bring(ref long date, long due)
    {
        lock (_gate)
        {
            date = Math.Min(date, due);
            Schedule();
        }
    }

    private void Schedule()
    {
        if (!_canceled)
            clock.Wheel.Schedule(this, FirstDue().Due);
    }

    private (long Due, L4EndReason Reason) FirstDue()
    {
        var next = (Due: _completion, Reason: L4EndReason.Completed);
        if (_lifetime < next.Due)
            next = (_lifetime, L4EndReason.LifetimeReached);
        if (_endpointDrain < next.Due)
            next = (_endpointDrain, L4EndReason.EndpointRemoved);
        return _destinationDrain < next.Due ? (_destinationDrain, L4EndReason.DestinationRemoved) : next;
    }
}
