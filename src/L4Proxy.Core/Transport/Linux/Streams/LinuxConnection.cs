using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// A connection that lives on one reactor. Called on its thread, a call goes to the kernel at once and what it cannot do
/// yet is done when the descriptor is ready, the awaiting code running on from there; called on another thread, it is sent
/// home first. Only the reactor closes the descriptor, under the object's own lock (one of its own would be 48 bytes a connection), which
/// another thread holds while it uses it.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class LinuxConnection : TransportSocket, IReadiness
{
    private const EpollEvents Watched = EpollEvents.Readable | EpollEvents.Urgent | EpollEvents.Writable | EpollEvents.PeerClosed;
    // MOVE | NONBLOCK: the latter is the pipe's.
    private const uint SpliceFlags = 1 | 2;

    private const int Open = 0;
    private const int Closed = 1;

    private readonly Reactor _reactor;
    private readonly int _descriptor;
    private int _slot = -1;
    private int _state;

    private EndPoint? _dialled;
    private bool _isConnecting;
    // The kernel reports an error once; if a send got it, a receive sees the end of the stream.
    private TransportStatus _failure;
    private bool _hasSentFin;
    private int _undelivered;

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

    public override SendQueue SendQueue
    {
        get
        {
            lock (this)
                return _state == Open ? KernelQueue.Look(_descriptor) : default;
        }
    }

    public override int Undelivered => _undelivered;

    public override TransportStatus Failure
    {
        get
        {
            lock (this)
                return _state != Open ? TransportStatus.Ok : _failure != TransportStatus.Ok ? _failure : TcpState.FailureOf(_descriptor);
        }
    }

    public override void StartKeepAlive(TimeSpan time)
    {
        if (time <= TimeSpan.Zero || RemoteEndPoint is not IPEndPoint)
            return;
        lock (this)
        {
            if (_state == Open)
                SocketOptions.SetKeepAlive(_descriptor, time);
        }
    }

    public override TransportPipe? TryOpenPipe(TransportConnection target) =>
        target is LinuxConnection other && _reactor.IsCurrent && other._reactor == _reactor && !_hasUrgent
            ? _reactor.Pipes.TryRent()?.Between(this, other)
            : null;

    public override void Abort()
    {
        if (_reactor.IsCurrent)
            Close(withReset: true);
        else
            _reactor.Post(static me => ((LinuxConnection)me!).Close(withReset: true), this);
    }

    public override Socket? Borrow()
    {
        const int duplicateWithCloseOnExec = 1030;
        lock (this)
        {
            var copy = _state == Open ? Syscalls.Control(_descriptor, duplicateWithCloseOnExec, 0) : -1;
            return copy < 0 ? null : new Socket(new SafeSocketHandle(copy, ownsHandle: true));
        }
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
        {
            _isHungUp = true;
            events |= Watched;
        }
        _isReadable |= Has(events, EpollEvents.Readable | EpollEvents.Urgent | EpollEvents.PeerClosed);
        _hasUrgent |= Has(events, EpollEvents.Urgent);
        _isPeerClosed |= Has(events, EpollEvents.PeerClosed);
        if (Has(events, EpollEvents.Writable) && !_isWritable)
            OnWritable(Has(events, EpollEvents.Ended));
        if (_isWaiting && _isReadable)
            ContinueWait();
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
        else if (error is not (0 or StreamErrno.InProgress))
            _sent.SetResult(error == StreamErrno.Again ? TransportStatus.Failed : StreamErrno.Status(error));
        // Watched only now: a socket that was never dialled is hung up.
        else if (!TryWatch())
            _sent.SetResult(TransportStatus.Failed);
        else
            _isConnecting = _isSending = true;
    }

    private TransportStatus ConnectOutcome()
    {
        int error;
        uint length = sizeof(int);
        _ = Syscalls.GetOption(_descriptor, SocketOptions.SocketLevel, SocketOptions.PendingError, &error, &length);
        return StreamErrno.Status(error);
    }

    private void Close(bool withReset)
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Open) != Open)
            return;
        Forget();
        if (withReset)
            PrepareReset();
        lock (this)
            _ = Syscalls.Close(_descriptor);
        // Not at once: whoever aborts is in the middle of something.
        if (_isWaiting || _isSending)
            _reactor.Post(static me => ((LinuxConnection)me!).EndPending(), this);
    }

    private void PrepareReset()
    {
        var queue = RemoteEndPoint is IPEndPoint ? KernelQueue.Count(_descriptor, ofUnsent: _failure == TransportStatus.Reset) : 0;
        _undelivered = _hasSentFin && queue > 0 ? queue - 1 : queue;
        if (_hasSentFin && queue > 0 && _failure == TransportStatus.Ok)
            KernelQueue.DiscardReceived(_descriptor); // Closed with unread bytes, it would be reset after all.
        else
            SocketOptions.SetLingerZero(_descriptor);
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
        if (_isWaiting)
        {
            _isWaiting = false;
            _waited.SetResult(new(0, TransportStatus.Aborted));
        }
    }
}
