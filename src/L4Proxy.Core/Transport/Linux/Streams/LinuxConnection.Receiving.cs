using System.Threading.Tasks.Sources;

namespace L4Proxy.Transport.Linux;

/// <summary>What arrives.</summary>
internal sealed unsafe partial class LinuxConnection : IValueTaskSource<TransportResult>
{
    // So much in one turn at the most: others on this reactor want their turn.
    private const int MostInOneTurn = 256 * 1024;

    // Of the reactor's thread alone.
    private bool _isReadable;
    private bool _isPeerClosed;
    private bool _isHungUp;
    // At the mark of urgent data a receive stops short, and a splice stops for good.
    private bool _hasUrgent;
    private bool _isWaiting;
    private bool _waitsForTurn;
    private int _turn;
    private int _takenInTurn;
    private ManualResetValueTaskSourceCore<TransportResult> _waited;

    public override ValueTask<TransportResult> WaitAsync()
    {
        if (_reactor.IsCurrent && TryWait(out var result))
            return new(result);
        _waited.Reset();
        if (_reactor.IsCurrent)
            _isWaiting = true;
        else
            _reactor.Post(static me => ((LinuxConnection)me!).BeginWait(), this);
        return new(this, _waited.Version);
    }

    public override void CancelWait()
    {
        if (_reactor.IsCurrent)
            EndWait();
        else
            _reactor.Post(static me => ((LinuxConnection)me!).EndWait(), this);
    }

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer) =>
        _reactor.IsCurrent ? new(Take(buffer)) : new(TakeAtHomeAsync(buffer));

    public void OnTurn()
    {
        _waitsForTurn = false;
        if (_isWaiting)
            ContinueWait();
    }

    /// <summary>Moves what has arrived into a pipe that is empty. On the reactor's thread.</summary>
    public TransportResult SpliceInto(SplicePipe pipe)
    {
        if (_state != Open)
            return new(0, TransportStatus.Aborted);
        if (!_isReadable || _hasUrgent || IsTurnOver())
            return new(0, TransportStatus.Canceled);
        var count = Syscalls.Splice(_descriptor, null, pipe.WriteEnd, null, (nuint)pipe.Size, SpliceFlags);
        if (count < 0)
            return Explain(Syscalls.Error);
        pipe.Held = (int)count;
        _takenInTurn += (int)count;
        return new((int)count, count == 0 ? _failure : TransportStatus.Ok);
    }

    private void BeginWait()
    {
        _isWaiting = true;
        ContinueWait();
    }

    private void ContinueWait()
    {
        if (!TryWait(out var result))
            return;
        _isWaiting = false;
        _waited.SetResult(result);
    }

    private bool TryWait(out TransportResult result)
    {
        result = new(0, _state == Open ? TransportStatus.Ok : TransportStatus.Aborted);
        return _state != Open || (_isReadable && !IsTurnOver());
    }

    private Task<TransportResult> TakeAtHomeAsync(Memory<byte> buffer)
    {
        var taken = new TaskCompletionSource<TransportResult>();
        _reactor.Post(_ => taken.SetResult(Take(buffer)), null);
        return taken.Task;
    }

    private TransportResult Take(Memory<byte> buffer)
    {
        if (_state != Open)
            return new(0, TransportStatus.Aborted);
        if (!_isReadable || IsTurnOver())
            return new(0, TransportStatus.Canceled);
        nint count;
        do
        {
            fixed (byte* data = buffer.Span)
                count = Syscalls.Receive(_descriptor, data, (nuint)buffer.Length, MessageFlags.None);
        }
        while (count < 0 && Syscalls.Error == StreamErrno.Interrupted);
        if (count < 0)
            return Explain(Syscalls.Error);
        // Less than asked for is all there was; a FIN that lay behind it has been announced.
        if (count < buffer.Length && !_isPeerClosed && !_hasUrgent)
            _isReadable = false;
        _takenInTurn += (int)count;
        return new((int)count, count == 0 ? StatusOfEnd() : TransportStatus.Ok);
    }

    /// <summary>Whether it is FIN: another thread's send may just have been given the error, and has the lock until it has said so.</summary>
    private TransportStatus StatusOfEnd()
    {
        lock (this)
            return _failure;
    }

    private TransportResult Explain(int error)
    {
        if (error == StreamErrno.Again)
        {
            _isReadable = false;
            return new(0, TransportStatus.Canceled);
        }
        return new(0, _failure = StreamErrno.Status(error));
    }

    private bool IsTurnOver()
    {
        if (_turn != _reactor.Turn)
            (_turn, _takenInTurn) = (_reactor.Turn, 0);
        if (_takenInTurn < MostInOneTurn)
            return false;
        if (!_waitsForTurn)
        {
            _waitsForTurn = true;
            _reactor.CallAgain(this);
        }
        return true;
    }

    private void EndWait()
    {
        if (!_isWaiting)
            return;
        _isWaiting = false;
        _waited.SetResult(new(0, TransportStatus.Canceled));
    }

    TransportResult IValueTaskSource<TransportResult>.GetResult(short token) => _waited.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportResult>.GetStatus(short token) => _waited.GetStatus(token);

    // Without the caller's context: what goes on here is home.
    void IValueTaskSource<TransportResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waited.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
