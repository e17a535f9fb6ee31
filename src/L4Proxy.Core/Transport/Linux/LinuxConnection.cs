using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// A connection that lives on one reactor. Called on its thread, a call goes to the kernel at once and what it cannot do
/// yet is done when the descriptor is ready, the awaiting code running on from there; called on another thread, it is sent
/// home first. Only the reactor closes the descriptor.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxConnection
    : TransportSocket, IReadiness, IValueTaskSource<TransportResult>, IValueTaskSource<TransportStatus>
{
    private const EpollEvents Watched = EpollEvents.Readable | EpollEvents.Urgent | EpollEvents.Writable | EpollEvents.PeerClosed;
    // So much in one turn at the most: others on this reactor want their turn.
    private const int MostInOneTurn = 256 * 1024;

    // MOVE | NONBLOCK: the latter is the pipe's.
    private const uint SpliceFlags = 1 | 2;

    private const int Open = 0;
    private const int Detached = 1;
    private const int Closed = 2;

    private readonly Reactor _reactor;
    private readonly int _descriptor;
    private int _slot = -1;
    private int _state;

    // Of the reactor's thread alone.
    private bool _isReadable;
    private bool _isWritable;
    private bool _isPeerClosed;
    // At the mark of urgent data a receive stops short, and a splice stops for good.
    private bool _hasUrgent;
    private bool _isReceiving;
    private bool _isSending;
    private bool _isConnecting;
    private bool _waitsForTurn;
    // The kernel reports an error once; if a send got it, a receive sees the end of the stream.
    private TransportStatus _failure;
    private int _turn;
    private int _takenInTurn;

    private Memory<byte> _receiveBuffer;
    private ReadOnlyMemory<byte> _sendBuffer;
    private SplicePipe? _sendPipe;
    private EndPoint? _dialled;
    private ManualResetValueTaskSourceCore<TransportResult> _received;
    private ManualResetValueTaskSourceCore<TransportStatus> _sent;

    /// <summary>A socket that is to be dialled with.</summary>
    public LinuxConnection(Reactor reactor, int descriptor)
    {
        _reactor = reactor;
        _descriptor = descriptor;
    }

    /// <summary>One that was accepted, on the reactor's thread.</summary>
    public LinuxConnection(Reactor reactor, int descriptor, EndPoint? local, EndPoint? remote)
        : this(reactor, descriptor)
    {
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        _isWritable = true;
    }

    public override EndPoint? LocalEndPoint { get; }

    public override EndPoint? RemoteEndPoint => field ?? _dialled;

    /// <summary>Whether what is called here may go on in this thread to the next wait.</summary>
    public override bool IsHome => _reactor.IsCurrent;

    /// <summary>Has the kernel watch the descriptor. On the reactor's thread.</summary>
    public bool TryWatch() => (_slot = _reactor.Add(_descriptor, Watched, this)) >= 0;

    public override ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint)
    {
        _dialled = endPoint;
        _sent.Reset();
        if (!_reactor.IsCurrent)
            _reactor.Post(static me => ((LinuxConnection)me!).Connect(), this);
        else
            Connect();
        return new(this, _sent.Version);
    }

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

    public override ValueTask<TransportStatus> ShutdownSendAsync()
    {
        if (_reactor.IsCurrent)
            return new(ShutdownSend());
        _sent.Reset();
        _reactor.Post(static me => ((LinuxConnection)me!).CompleteShutdown(), this);
        return new(this, _sent.Version);
    }

    public override void Abort()
    {
        if (_reactor.IsCurrent)
            Close(withReset: true);
        else
            _reactor.Post(static me => ((LinuxConnection)me!).Close(withReset: true), this);
    }

    public override Socket? Detach()
    {
        if (Interlocked.CompareExchange(ref _state, Detached, Open) != Open)
            return null;
        _reactor.Unwatch(_descriptor);
        if (_reactor.IsCurrent)
            Forget();
        else
            _reactor.Post(static me => ((LinuxConnection)me!).Forget(), this);
        return new Socket(new SafeSocketHandle(_descriptor, ownsHandle: true));
    }

    public override ValueTask DisposeAsync()
    {
        if (_reactor.IsCurrent)
            Close(withReset: false);
        else
            _reactor.Post(static me => ((LinuxConnection)me!).Close(withReset: false), this);
        return ValueTask.CompletedTask;
    }

    public void OnReady(EpollEvents events)
    {
        if (Has(events, EpollEvents.Ended))
            events |= Watched;
        _isReadable |= Has(events, EpollEvents.Readable | EpollEvents.Urgent | EpollEvents.PeerClosed);
        _hasUrgent |= Has(events, EpollEvents.Urgent);
        _isPeerClosed |= Has(events, EpollEvents.PeerClosed);
        if (Has(events, EpollEvents.Writable) && !_isWritable)
            OnWritable(Has(events, EpollEvents.Ended));
        if (_isReceiving && _isReadable)
            ContinueReceive();
    }

    public void OnTurn()
    {
        _waitsForTurn = false;
        if (_isReceiving)
            ContinueReceive();
    }

    private static bool Has(EpollEvents events, EpollEvents any) => (events & any) != EpollEvents.None;

    private void Connect()
    {
        Span<byte> address = stackalloc byte[SocketName.MaxSize];
        var length = SocketName.Write(_dialled!, address);
        int error;
        fixed (byte* name = address)
            error = _state != Open ? 0 : Syscalls.Connect(_descriptor, name, (uint)length) == 0 ? 0 : Syscalls.Error;
        if (_state != Open)
            _sent.SetResult(TransportStatus.Aborted);
        else if (error is not (0 or SocketErrno.InProgress))
            _sent.SetResult(error == SocketErrno.Again ? TransportStatus.Failed : SocketErrno.Status(error));
        // Watched only now: a socket that was never dialled is hung up.
        else if (!TryWatch())
            _sent.SetResult(TransportStatus.Failed);
        else
            _isConnecting = _isSending = true;
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

    private TransportStatus ConnectOutcome()
    {
        int error;
        uint length = sizeof(int);
        _ = Syscalls.GetOption(_descriptor, SocketOptions.SocketLevel, SocketOptions.PendingError, &error, &length);
        return SocketErrno.Status(error);
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

    public override TransportPipe? TryOpenPipe(TransportConnection target) =>
        target is LinuxConnection other && _reactor.IsCurrent && other._reactor == _reactor && !_hasUrgent
            ? _reactor.Pipes.TryRent()?.Between(this, other)
            : null;

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

    private bool TrySplice(SplicePipe pipe, out TransportStatus status)
    {
        status = _state == Open ? TransportStatus.Ok : TransportStatus.Aborted;
        while (pipe.Held > 0 && _isWritable && status == TransportStatus.Ok)
        {
            var count = Syscalls.Splice(pipe.ReadEnd, null, _descriptor, null, (nuint)pipe.Held, SpliceFlags);
            if (count >= 0)
                pipe.Held -= (int)count;
            else if (Syscalls.Error is var error && error == SocketErrno.Again)
                _isWritable = false;
            else if (error != SocketErrno.Interrupted)
                status = _failure = SocketErrno.Status(error);
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
        status = TransportStatus.Ok;
        if (_state != Open)
        {
            status = TransportStatus.Aborted;
            return true;
        }
        while (buffer.Length > 0 && _isWritable)
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
            if (error == SocketErrno.Again)
                _isWritable = false;
            else if (error != SocketErrno.Interrupted)
            {
                status = _failure = SocketErrno.Status(error);
                return true;
            }
        }
        return buffer.IsEmpty;
    }

    private void CompleteShutdown() => _sent.SetResult(ShutdownSend());

    private TransportStatus ShutdownSend()
    {
        const int send = 1;
        if (_state != Open)
            return TransportStatus.Aborted;
        return Syscalls.Shutdown(_descriptor, send) == 0 ? TransportStatus.Ok : SocketErrno.Status(Syscalls.Error);
    }

    private void CancelWait()
    {
        if (!_isReceiving || !_receiveBuffer.IsEmpty)
            return;
        _isReceiving = false;
        _received.SetResult(new(0, TransportStatus.Canceled));
    }

    private void Close(bool withReset)
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Open) != Open)
            return;
        Forget();
        if (withReset)
            SocketOptions.SetLingerZero(_descriptor);
        _ = Syscalls.Close(_descriptor);
        // Not at once: whoever aborts is in the middle of something.
        if (_isReceiving || _isSending)
            _reactor.Post(static me => ((LinuxConnection)me!).EndPending(), this);
    }

    private void Forget()
    {
        if (_slot >= 0)
            _reactor.Remove(_slot);
        _slot = -1;
    }

    private void EndPending()
    {
        if (_isSending)
        {
            _isConnecting = _isSending = false;
            _sendBuffer = default;
            _sendPipe = null;
            _sent.SetResult(TransportStatus.Aborted);
        }
        if (_isReceiving)
        {
            _isReceiving = false;
            _receiveBuffer = default;
            _received.SetResult(new(0, TransportStatus.Aborted));
        }
    }

    TransportResult IValueTaskSource<TransportResult>.GetResult(short token) => _received.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportResult>.GetStatus(short token) => _received.GetStatus(token);

    // Without the caller's context: what goes on here is home.
    void IValueTaskSource<TransportResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _received.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    TransportStatus IValueTaskSource<TransportStatus>.GetResult(short token) => _sent.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportStatus>.GetStatus(short token) => _sent.GetStatus(token);

    void IValueTaskSource<TransportStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _sent.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
