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
    // At the mark of urgent data a receive stops short, and a splice stops for good.
    private bool _hasUrgent;
    private bool _isReceiving;
    private bool _waitsForTurn;
    private int _turn;
    private int _takenInTurn;
    private Memory<byte> _receiveBuffer;
    private ManualResetValueTaskSourceCore<TransportResult> _received;

    public override ValueTask<TransportResult> ReceiveAsync(Memory<byte> buffer)
    {
        if (!_reactor.IsCurrent)
        {
            _received.Reset();
            _receiveBuffer = buffer;
            _reactor.Post(static me => ((LinuxConnection)me!).BeginReceive(), this);
            return new(this, _received.Version);
        }
        if (TryReceive(buffer, out var result))
            return new(result);
        _received.Reset();
        _receiveBuffer = buffer;
        _isReceiving = true;
        return new(this, _received.Version);
    }

    public override void CancelReceive()
    {
        if (_reactor.IsCurrent)
            CancelWait();
        else
            _reactor.Post(static me => ((LinuxConnection)me!).CancelWait(), this);
    }

    public override int Peek(Span<byte> buffer)
    {
        if (!_reactor.IsCurrent || _state != Open)
            return -1;
        fixed (byte* data = buffer)
        {
            var count = Syscalls.Receive(_descriptor, data, (nuint)buffer.Length, MessageFlags.Peek);
            return count < 0 ? 0 : (int)count;
        }
    }

    public void OnTurn()
    {
        _waitsForTurn = false;
        if (_isReceiving)
            ContinueReceive();
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
            return TryExplain(Syscalls.Error, out var result) ? result : new(0, TransportStatus.Canceled);
        pipe.Held = (int)count;
        _takenInTurn += (int)count;
        return new((int)count, count == 0 ? _failure : TransportStatus.Ok);
    }

    private void BeginReceive()
    {
        _isReceiving = true;
        ContinueReceive();
    }

    private void ContinueReceive()
    {
        if (!TryReceive(_receiveBuffer, out var result))
            return;
        _isReceiving = false;
        _receiveBuffer = default;
        _received.SetResult(result);
    }

    private bool TryReceive(Memory<byte> buffer, out TransportResult result)
    {
        result = default;
        if (_state != Open)
        {
            result = new(0, TransportStatus.Aborted);
            return true;
        }
        if (!_isReadable || IsTurnOver())
            return false;
        if (buffer.IsEmpty)
            return true;
        nint count;
        do
        {
            fixed (byte* data = buffer.Span)
                count = Syscalls.Receive(_descriptor, data, (nuint)buffer.Length, MessageFlags.None);
        }
        while (count < 0 && Syscalls.Error == SocketErrno.Interrupted);
        if (count < 0)
            return TryExplain(Syscalls.Error, out result);
        // Less than asked for is all there was; a FIN that lay behind it has been announced.
        if (count < buffer.Length && !_isPeerClosed && !_hasUrgent)
            _isReadable = false;
        _takenInTurn += (int)count;
        result = new((int)count, count == 0 ? _failure : TransportStatus.Ok);
        return true;
    }

    private bool TryExplain(int error, out TransportResult result)
    {
        result = new(0, SocketErrno.Status(error));
        if (error != SocketErrno.Again)
            return true;
        _isReadable = false;
        return false;
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

    private void CancelWait()
    {
        if (!_isReceiving || !_receiveBuffer.IsEmpty)
            return;
        _isReceiving = false;
        _received.SetResult(new(0, TransportStatus.Canceled));
    }

    TransportResult IValueTaskSource<TransportResult>.GetResult(short token) => _received.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportResult>.GetStatus(short token) => _received.GetStatus(token);

    // Without the caller's context: what goes on here is home.
    void IValueTaskSource<TransportResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _received.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
