namespace L4Proxy.Limits;

/// <summary>Who waits for room for one more connection, first come, first served among those that there is room for.</summary>
/// <param name="hasRoom">Whether there is room for one that is proxied, or for one that is not.</param>
internal sealed class RoomQueue(Func<bool, bool> hasRoom)
{
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private int _waiting;

    /// <summary>Whether nobody waits.</summary>
    public bool IsEmpty => Volatile.Read(ref _waiting) == 0;

    /// <summary>Completes once there is room, or at the end of the wait.</summary>
    /// <param name="proxied">Whether the connection will be proxied.</param>
    /// <param name="closing">Ends the wait.</param>
    public async Task WaitAsync(bool proxied, CancellationToken closing)
    {
        var waiter = new Waiter(proxied);
        lock (_gate)
            _waiters.Add(waiter);
        // A full fence: a release before this has seen no waiter, and what it released is seen here.
        Interlocked.Increment(ref _waiting);
        WakeNext();
        await waiter.Task.WaitAsync(closing).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (closing.IsCancellationRequested)
            GiveUp(waiter);
    }

    /// <summary>Tells the first that there is room for, if there is.</summary>
    public void WakeNext()
    {
        if (IsEmpty)
            return;
        Waiter? next;
        lock (_gate)
        {
            next = _waiters.Find(waiter => hasRoom(waiter.Proxied));
            if (next is null)
                return;
            Leave(next);
        }
        next.SetResult();
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiters.Contains(waiter))
                Leave(waiter);
        }
        // It may have been the one that was told.
        WakeNext();
    }

    private void Leave(Waiter waiter)
    {
        _waiters.Remove(waiter);
        Interlocked.Decrement(ref _waiting);
    }

    private sealed class Waiter(bool proxied) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool Proxied => proxied;
    }
}
