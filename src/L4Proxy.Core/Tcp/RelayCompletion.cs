using System.Threading.Tasks.Sources;

namespace L4Proxy.Tcp;

/// <summary>
/// The end of both directions of a connection, and how far each has come to it. Whoever awaits it goes on where the last one ends, at
/// home: a task would take the way through the reactor's queue, and some 300 bytes for as long as the connection is there.
/// </summary>
internal sealed class RelayCompletion : IValueTaskSource<L4EndReason>
{
    private ManualResetValueTaskSourceCore<L4EndReason> _both;
    private int _left = 2;
    private int _ends;
    private Exception? _fault;

    /// <summary>Completes when both have ended. Once.</summary>
    public ValueTask<L4EndReason> WaitAsync() => new(this, _both.Version);

    /// <summary>How far they have come.</summary>
    public RelayEnds Ends => (RelayEnds)Volatile.Read(ref _ends);

    /// <summary>A direction comes to its end.</summary>
    /// <returns>What there was before.</returns>
    public RelayEnds Note(RelayEnds end) => (RelayEnds)Interlocked.Or(ref _ends, (int)end);

    /// <summary>One direction has ended.</summary>
    /// <param name="fault">What it threw, if it did.</param>
    public void Add(Exception? fault)
    {
        if (fault is not null)
            Interlocked.CompareExchange(ref _fault, fault, null);
        if (Interlocked.Decrement(ref _left) > 0)
            return;
        if (_fault is { } first)
            _both.SetException(first);
        else
            _both.SetResult(L4EndReason.Completed);
    }

    L4EndReason IValueTaskSource<L4EndReason>.GetResult(short token) => _both.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<L4EndReason>.GetStatus(short token) => _both.GetStatus(token);

    void IValueTaskSource<L4EndReason>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _both.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
