using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace L4Proxy.Transport.Managed;

/// <summary>
/// One reusable asynchronous socket call that ends in a <see cref="TransportResult"/> instead of an exception. A wait may
/// be given up before the socket answers; the object then belongs to the socket until it does, and is not used again.
/// </summary>
internal sealed class SocketOperation : SocketAsyncEventArgs, IValueTaskSource<TransportResult>
{
    private const int Idle = 0;
    private const int Pending = 1;
    private const int Waiting = 2;
    private const int GivenUp = 3;

    private ManualResetValueTaskSourceCore<TransportResult> _completion;
    private int _state;

    /// <summary>One call at a time.</summary>
    public SocketOperation()
        : base(true)
    {
    }

    /// <summary>Before the socket is called.</summary>
    /// <param name="mayBeGivenUp">Whether it takes nothing, so that nothing is lost by <see cref="TryGiveUp"/>.</param>
    public void Begin(bool mayBeGivenUp = false)
    {
        _completion.Reset();
        Volatile.Write(ref _state, mayBeGivenUp ? Waiting : Pending);
    }

    /// <summary>After the socket was called: its answer now, or when it comes.</summary>
    /// <param name="pending">What the socket's method returned.</param>
    public ValueTask<TransportResult> End(bool pending)
    {
        if (pending)
            return new(this, _completion.Version);
        if (TryComplete())
            return new(Result);
        Dispose();
        return new(this, _completion.Version);
    }

    /// <summary>Gives a wait up if the socket has not answered yet.</summary>
    /// <returns>Whether it was given up: the caller must forget this object, and then call <see cref="EndGivenUp"/>.</returns>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting;

    /// <summary>Ends the await with <see cref="TransportStatus.Canceled"/>.</summary>
    public void EndGivenUp()
    {
        // Who gives up is the clock, and what follows is a whole connection's work.
        _completion.RunContinuationsAsynchronously = true;
        _completion.SetResult(new(0, TransportStatus.Canceled));
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (TryComplete())
            _completion.SetResult(Result);
        else
            Dispose();
    }

    private bool TryComplete() => Interlocked.Exchange(ref _state, Idle) != GivenUp;

    private TransportResult Result => new(BytesTransferred, SocketStatus.From(SocketError));

    TransportResult IValueTaskSource<TransportResult>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportResult>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<TransportResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
