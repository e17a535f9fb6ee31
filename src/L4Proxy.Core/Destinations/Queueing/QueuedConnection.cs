using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Destinations.Queueing;

/// <summary>The place of one connection in its cluster's queue, from when it first waits until it is served or ends.</summary>
/// <param name="queue">The queue, which guards what changes here.</param>
/// <param name="number">Who came before has a smaller one.</param>
/// <param name="client">Looked at once a second, whether it is gone; null of a request, whose end says so.</param>
/// <param name="clock">The clock.</param>
/// <param name="timeoutAt">When it has waited long enough, on the coarse clock.</param>
internal sealed class QueuedConnection(ClusterQueue queue, long number, TransportConnection? client, CoarseClock clock, long timeoutAt) : Deadline, IDisposable
{
    private TaskCompletionSource<L4EndReason>? _turn;

    public long Number => number;

    public CoarseClock Clock => clock;

    public long TimeoutAt => timeoutAt;

    /// <summary>Where it is. The queue's.</summary>
    public QueueStage Stage { get; set; }

    /// <summary>Until when it pauses. The queue's.</summary>
    public long RetryAt { get; set; }

    /// <summary>How the client has failed; Ok where it is there, as far as is known.</summary>
    public TransportStatus ClientFailure => client?.Failure ?? TransportStatus.Ok;

    /// <summary>Waits for its turn, or for the end of the connection, on the connection's own thread.</summary>
    /// <param name="forRoom">Whether all was full: then it is its turn as soon as something is not; else it pauses first.</param>
    /// <param name="ended">The end of the connection.</param>
    /// <returns>None where it may try; else why it ends.</returns>
    public async ValueTask<L4EndReason> WaitAsync(bool forRoom, CancellationToken ended)
    {
        var turn = _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Wait(this, forRoom);
        await ((Task)turn.Task.WaitAsync(ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!turn.Task.IsCompleted)
            return L4EndReason.None; // It has ended for another reason.
        var end = await turn.Task;
        return end == L4EndReason.None ? ClusterQueue.EndBy(ClientFailure) : end;
    }

    /// <summary>It has begun at a destination: what it was called to is no longer free.</summary>
    public void Begun() => queue.Begun(this);

    /// <summary>It is connected.</summary>
    public void Served() => queue.Served();

    /// <summary>Tells it that its turn has come, or its end.</summary>
    public void Call(L4EndReason end) => _turn!.TrySetResult(end);

    /// <summary>Gives the place up.</summary>
    public void Dispose()
    {
        queue.Leave(this);
        clock.Cancel(this);
    }

    protected override void OnExpired(long now) => queue.Look(this, now);
}
