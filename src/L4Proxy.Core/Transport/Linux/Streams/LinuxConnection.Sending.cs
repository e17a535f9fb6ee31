using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace L4Proxy.Transport.Linux;

/// <summary>What is sent.</summary>
internal sealed unsafe partial class LinuxConnection : IValueTaskSource<TransportStatus>
{
    // Of Kestrel's blocks of 4 KiB, more than its pipe holds.
    private const int MostVectors = 32;

    // Of the reactor's thread alone.
    private bool _isWritable;
    private bool _isSending;
    private ReadOnlyMemory<byte> _sendBuffer;
    private int _untaken;
    private SplicePipe? _sendPipe;
    private ManualResetValueTaskSourceCore<TransportStatus> _sent;

    public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        if (!_reactor.IsCurrent)
        {
            _sent.Reset();
            _sendBuffer = buffer;
            _reactor.Post(static me => ((LinuxConnection)me!).BeginSend(), this);
            return new(this, _sent.Version);
        }
        if (TrySend(ref buffer, out var status))
            return new(status);
        _sent.Reset();
        _sendBuffer = buffer;
        _isSending = true;
        return new(this, _sent.Version);
    }

    public override int SendNow(in ReadOnlySequence<byte> data)
    {
        lock (this)
        {
            var count = _state != Open ? 0 : data.IsSingleSegment ? Send(data.FirstSpan) : Send(data);
            if (count < 0 && StreamErrno.Status((int)-count) is (TransportStatus.Reset or TransportStatus.Unreachable) and var status)
                _failure = status;
            return (int)Math.Max(0, count);
        }
    }

    public override int Untaken => _untaken;

    public override ValueTask<TransportStatus> ShutdownSendAsync()
    {
        if (_reactor.IsCurrent)
            return new(ShutdownSend());
        _sent.Reset();
        _reactor.Post(static me => ((LinuxConnection)me!).CompleteShutdown(), this);
        return new(this, _sent.Version);
    }

    public override bool TryEndByClosing()
    {
        // Hung up before it has sent FIN, it was reset: the kernel is to say how.
        if (!_reactor.IsCurrent || _state != Open || !_isPeerClosed || _isHungUp)
            return false;
        _hasSentFin = true;
        return true;
    }

    /// <summary>Sends all that a pipe holds. On the reactor's thread.</summary>
    public ValueTask<TransportStatus> SpliceFromAsync(SplicePipe pipe)
    {
        if (TrySplice(pipe, out var status))
            return new(status);
        _sent.Reset();
        _sendPipe = pipe;
        _isSending = true;
        return new(this, _sent.Version);
    }

    private void OnWritable(bool hasEnded)
    {
        _isWritable = true;
        if (!_isSending)
            return;
        TransportStatus status;
        if (_isConnecting)
            status = hasEnded ? ConnectOutcome() : TransportStatus.Ok;
        else if (_sendPipe is { } pipe ? !TrySplice(pipe, out status) : !TrySend(ref _sendBuffer, out status))
            return;
        _isConnecting = _isSending = false;
        _sendPipe = null;
        _sendBuffer = default;
        _sent.SetResult(status);
    }

    private bool TrySplice(SplicePipe pipe, out TransportStatus status)
    {
        status = _state == Open ? TransportStatus.Ok : TransportStatus.Aborted;
        while (pipe.Held > 0 && _isWritable && status == TransportStatus.Ok)
        {
            var count = Syscalls.Splice(pipe.ReadEnd, null, _descriptor, null, (nuint)pipe.Held, SpliceFlags);
            if (count >= 0)
                pipe.Held -= (int)count;
            else if (Syscalls.Error is var error && error == StreamErrno.Again)
                _isWritable = false;
            else if (error != StreamErrno.Interrupted)
                status = _failure = StreamErrno.Status(error);
        }
        return pipe.Held == 0 || status != TransportStatus.Ok;
    }

    private void BeginSend()
    {
        if (TrySend(ref _sendBuffer, out var status))
            _sent.SetResult(status);
        else
            _isSending = true;
    }

    /// <summary>Sends what the kernel takes; false when there is a rest and it takes no more now.</summary>
    private bool TrySend(ref ReadOnlyMemory<byte> buffer, out TransportStatus status)
    {
        status = _state == Open ? TransportStatus.Ok : TransportStatus.Aborted;
        while (buffer.Length > 0 && _isWritable && status == TransportStatus.Ok)
        {
            nint count;
            fixed (byte* data = buffer.Span)
                count = Syscalls.Send(_descriptor, data, (nuint)buffer.Length, MessageFlags.NoSignal);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
                // Less than all of it: its buffer is full, and it will say when it is not.
                _isWritable = buffer.IsEmpty;
                continue;
            }
            var error = Syscalls.Error;
            if (error == StreamErrno.Again)
                _isWritable = false;
            else if (error != StreamErrno.Interrupted)
                status = _failure = StreamErrno.Status(error);
        }
        _untaken = buffer.Length;
        return buffer.IsEmpty || status != TransportStatus.Ok;
    }

    /// <summary>Sends once.</summary>
    /// <returns>How much the kernel took, or minus the error.</returns>
    private nint Send(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
            return Syscalls.Send(_descriptor, start, (nuint)data.Length, MessageFlags.NoSignal) is >= 0 and var sent ? sent : -Syscalls.Error;
    }

    /// <summary>The first segments, in one call.</summary>
    private nint Send(in ReadOnlySequence<byte> data)
    {
        var pins = default(Pins);
        var vectors = stackalloc IoVector[MostVectors];
        var count = 0;
        foreach (var segment in data)
        {
            if (count == MostVectors)
                break;
            pins[count] = segment.Pin();
            vectors[count] = new() { Base = (byte*)pins[count].Pointer, Length = (nuint)segment.Length };
            count++;
        }
        var message = new MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        var sent = Syscalls.SendMessage(_descriptor, &message, MessageFlags.NoSignal) is >= 0 and var taken ? taken : -Syscalls.Error;
        for (var i = 0; i < count; i++)
            pins[i].Dispose();
        return sent;
    }

    private void CompleteShutdown() => _sent.SetResult(ShutdownSend());

    private TransportStatus ShutdownSend()
    {
        const int send = 1;
        if (_state != Open)
            return TransportStatus.Aborted;
        _hasSentFin = Syscalls.Shutdown(_descriptor, send) == 0;
        return _hasSentFin ? TransportStatus.Ok : StreamErrno.Status(Syscalls.Error);
    }

    TransportStatus IValueTaskSource<TransportStatus>.GetResult(short token)
    {
        var status = _sent.GetResult(token);
        _sent.Reset(); // It would keep who has dialled for as long as the connection is there.
        return status;
    }

    ValueTaskSourceStatus IValueTaskSource<TransportStatus>.GetStatus(short token) => _sent.GetStatus(token);

    void IValueTaskSource<TransportStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _sent.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    [InlineArray(MostVectors)]
    private struct Pins
    {
        private MemoryHandle _first;
    }
}
