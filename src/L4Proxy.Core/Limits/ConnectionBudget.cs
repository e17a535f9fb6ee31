namespace L4Proxy.Limits;

/// <summary>
/// How many connections there may be at once. Listeners ask before they accept, so that beyond the limit clients wait in
/// the kernel's backlog; the limit may be passed by one connection a listener.
/// </summary>
internal sealed class ConnectionBudget
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private int _limit = int.MaxValue;
    private int _taken;

    /// <summary>Connections at the moment.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Changes the limit; connections above it go on.</summary>
    public void SetLimit(int limit)
    {
        Volatile.Write(ref _limit, limit);
        WakeWaiters();
    }

    /// <summary>Completes once there is room.</summary>
    public ValueTask WaitForRoomAsync() => HasRoom ? ValueTask.CompletedTask : WaitSlowlyAsync();

    public void Take() => Interlocked.Increment(ref _taken);

    public void Release()
    {
        Interlocked.Decrement(ref _taken);
        if (Volatile.Read(ref _room) is not null)
            WakeWaiters();
    }

    private bool HasRoom => Volatile.Read(ref _taken) < Volatile.Read(ref _limit);

    private async ValueTask WaitSlowlyAsync()
    {
        while (!HasRoom)
        {
            Task room;
            lock (_gate)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }
            // A release between the look above and here would have seen no waiter.
            if (HasRoom)
                WakeWaiters();
            await room;
        }
    }

    private void WakeWaiters()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            room = _room;
            _room = null;
        }
        room?.SetResult();
    }
}
