using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// A listening <see cref="Socket"/> on one reactor, where its connections live too. Closing takes what the kernel has queued first.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxListener : TransportListener, IReadiness, IValueTaskSource<bool>
{
    private const int MostInOneTurn = 64;

    private readonly Reactor _reactor;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly EndPoint? _localOfAll;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _waited;
    private int _slot = -1;
    private bool _isAcceptable;
    private bool _isWaiting;
    private bool _isClosing;
    private int _turn;
    private int _takenInTurn;

    /// <summary>Takes over a socket that listens.</summary>
    public LinuxListener(Reactor reactor, Socket socket)
    {
        _reactor = reactor;
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = socket.LocalEndPoint!;
        var isWildcard = LocalEndPoint is IPEndPoint ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any));
        _localOfAll = isWildcard ? null : LocalEndPoint;
    }

    public override EndPoint LocalEndPoint { get; }

    public override ValueTask<bool> WaitAsync()
    {
        if (!_reactor.IsCurrent)
        {
            _waited.Reset();
            _reactor.Post(static me => ((LinuxListener)me!).BeginWait(), this);
            return new(this, _waited.Version);
        }
        if (TryEndWait(out var isOpen))
            return new(isOpen);
        _waited.Reset();
        _isWaiting = true;
        return new(this, _waited.Version);
    }

    /// <summary>At home, where <see cref="WaitAsync"/> completes.</summary>
    public override TransportSocket? TryAccept() => _reactor.IsCurrent && !_closed.Task.IsCompleted ? Accept() : null;

    public override void LeaveRest() => _isAcceptable = false;

    public override void Update(in ListenOptions options)
    {
        TcpOptions.Apply(_socket, options);
        _socket.Listen(options.Backlog);
    }

    /// <summary>Stops listening; completes once the address is free.</summary>
    public override async ValueTask DisposeAsync()
    {
        _reactor.Post(static me => ((LinuxListener)me!).BeginClose(), this);
        await _closed.Task;
    }

    public void OnReady(EpollEvents events)
    {
        _isAcceptable = true;
        OnTurn();
    }

    public void OnTurn()
    {
        if (_isWaiting)
            ContinueWait();
    }

    private void BeginWait()
    {
        _isWaiting = true;
        ContinueWait();
    }

    private void ContinueWait()
    {
        bool isOpen;
        try
        {
            if (!TryEndWait(out isOpen))
                return;
        }
        catch (SocketException e)
        {
            _isWaiting = false;
            _waited.SetException(e);
            return;
        }
        _isWaiting = false;
        _waited.SetResult(isOpen);
    }

    /// <summary>Whether there may be a connection to take, or there will be no more; false when there is none now.</summary>
    /// <exception cref="SocketException">The kernel does not watch it. Whoever waits it out asks again, and with that it is tried again.</exception>
    private bool TryEndWait(out bool isOpen)
    {
        isOpen = !_closed.Task.IsCompleted;
        if (!isOpen)
            return true;
        if (!_isClosing)
            Watch();
        if (IsTurnOver())
            return false;
        if (_isAcceptable)
            return true;
        if (!_isClosing)
            return false;
        Close();
        isOpen = false;
        return true;
    }

    /// <summary>Has the kernel watch it, if it does not yet: without, nobody who connects would ever be seen.</summary>
    private void Watch()
    {
        if (_slot >= 0)
            return;
        _slot = _reactor.Add(_descriptor, EpollEvents.Readable, this);
        if (_slot < 0)
            throw StreamErrno.Exception(Syscalls.Error);
    }

    private unsafe LinuxConnection? Accept()
    {
        var name = stackalloc byte[SocketName.MaxSize];
        for (;;)
        {
            uint length = SocketName.MaxSize;
            var descriptor = Syscalls.Accept(_descriptor, name, &length, Syscalls.NonBlocking | Syscalls.CloseOnExec);
            if (descriptor >= 0)
            {
                _takenInTurn++;
                return Watched(new(_reactor, descriptor, _localOfAll ?? LocalOf(descriptor), SocketName.Read(new(name, (int)length))));
            }
            var error = Syscalls.Error;
            if (error == StreamErrno.Again)
            {
                _isAcceptable = false;
                return null;
            }
            if (StreamErrno.IsOfOneConnection(error))
                continue;
            if (!_isClosing)
                throw StreamErrno.Exception(error);
            LeaveRest();
            return null;
        }
    }

    /// <summary>Has the kernel watch a connection.</summary>
    /// <exception cref="SocketException">It watches no more. That holds for those that wait behind it, too.</exception>
    private static LinuxConnection Watched(LinuxConnection connection)
    {
        if (connection.TryWatch())
            return connection;
        var error = Syscalls.Error;
        connection.Abort();
        throw StreamErrno.Exception(error);
    }

    private static unsafe EndPoint? LocalOf(int descriptor)
    {
        var name = stackalloc byte[SocketName.MaxSize];
        uint length = SocketName.MaxSize;
        return Syscalls.GetLocalAddress(descriptor, name, &length) == 0 ? SocketName.Read(new(name, (int)length)) : null;
    }

    private bool IsTurnOver()
    {
        if (_turn != _reactor.Turn)
            (_turn, _takenInTurn) = (_reactor.Turn, 0);
        if (_takenInTurn < MostInOneTurn)
            return false;
        _reactor.CallAgain(this);
        return true;
    }

    private void BeginClose()
    {
        _isClosing = true;
        _isAcceptable = true; // A last look.
        OnTurn();
    }

    private void Close()
    {
        if (_slot >= 0)
            _reactor.Remove(_slot);
        _socket.Dispose();
        _closed.TrySetResult();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _waited.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _waited.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waited.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
