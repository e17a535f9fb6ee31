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
    private const int GivenUp = 2;

    private ManualResetValueTaskSourceCore<TransportResult> _completion;
    private int _state;

    private readonly ManagedConnection? _receiver;

    /// <summary>One call at a time.</summary>
    /// <param name="receiver">Whose receives it is for, if it is.</param>
    public SocketOperation(ManagedConnection? receiver = null)
        : base(true) => _receiver = receiver;

    /// <summary>Before the socket is called.</summary>
    public void Begin()
    {
        _completion.Reset();
        Volatile.Write(ref _state, Pending);
    }

    /// <summary>After the socket was called: its answer now, or when it comes.</summary>
    /// <param name="pending">What the socket's method returned.</param>
    public ValueTask<TransportResult> End(bool pending)
    {
        if (!pending && Interlocked.CompareExchange(ref _state, Idle, Pending) == Pending)
            return new(Result);
        return new(this, _completion.Version);
    }

    /// <summary>Ends the await with <see cref="TransportStatus.Canceled"/> if the socket has not answered yet.</summary>
    /// <returns>Whether it was given up: the caller must forget this object.</returns>
    public bool TryGiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Pending) != Pending)
            return false;
        // Who gives up is the clock, and what follows is a whole connection's work.
        _completion.RunContinuationsAsynchronously = true;
        _completion.SetResult(new(0, TransportStatus.Canceled));
        return true;
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Pending) == Pending)
            _completion.SetResult(Result);
        else
            Dispose();
    }

    private TransportResult Result => new(BytesTransferred, Status);

    private TransportStatus Status => BytesTransferred == 0 && Count > 0 && SocketError == SocketError.Success && _receiver is { } receiver
        ? receiver.StatusOfEnd()
        : SocketStatus.From(SocketError);

    TransportResult IValueTaskSource<TransportResult>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportResult>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<TransportResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
