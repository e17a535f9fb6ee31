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
internal sealed class LinuxListener : TransportListener, IReadiness, IValueTaskSource<TransportSocket?>
{
    private const int MostInOneTurn = 64;

    private readonly Reactor _reactor;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly EndPoint? _localOfAll;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<TransportSocket?> _accepted;
    private int _slot = -1;
    private bool _isAcceptable;
    private bool _isAccepting;
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
        _reactor.Post(static me => ((LinuxListener)me!).Watch(), this);
    }

    public override EndPoint LocalEndPoint { get; }

    public override ValueTask<TransportSocket?> AcceptAsync()
    {
        if (!_reactor.IsCurrent)
        {
            _accepted.Reset();
            _reactor.Post(static me => ((LinuxListener)me!).BeginAccept(), this);
            return new(this, _accepted.Version);
        }
        if (TryAccept(out var connection))
            return new(connection);
        _accepted.Reset();
        _isAccepting = true;
        return new(this, _accepted.Version);
    }

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
        if (_isAccepting)
            ContinueAccept();
    }

    private void Watch()
    {
        _slot = _reactor.Add(_descriptor, EpollEvents.Readable, this);
        _isAcceptable = _slot < 0; // Then it is asked, and says why not.
    }

    private void BeginAccept()
    {
        _isAccepting = true;
        ContinueAccept();
    }

    private void ContinueAccept()
    {
        TransportSocket? connection;
        try
        {
            if (!TryAccept(out connection))
                return;
        }
        catch (SocketException e)
        {
            _isAccepting = false;
            _accepted.SetException(e);
            return;
        }
        _isAccepting = false;
        _accepted.SetResult(connection);
    }

    /// <summary>Takes one; null once it is closed. False when there is none now.</summary>
    /// <exception cref="SocketException">No descriptor left.</exception>
    private bool TryAccept(out TransportSocket? connection)
    {
        connection = null;
        if (_closed.Task.IsCompleted)
            return true;
        if (IsTurnOver())
            return false;
        if (_isAcceptable && (connection = Accept()) is not null)
            return true;
        if (!_isClosing)
            return false;
        Close();
        return true;
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
                var connection = new LinuxConnection(_reactor, descriptor, _localOfAll ?? LocalOf(descriptor), SocketName.Read(new(name, (int)length)));
                if (connection.TryWatch())
                    return connection;
                connection.Abort();
                continue;
            }
            var error = Syscalls.Error;
            if (error == SocketErrno.Again)
            {
                _isAcceptable = false;
                return null;
            }
            if (SocketErrno.IsOfOneConnection(error))
                continue;
            if (_isClosing)
                return null;
            throw SocketErrno.Exception(error);
        }
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
        OnTurn();
    }

    private void Close()
    {
        if (_slot >= 0)
            _reactor.Remove(_slot);
        _socket.Dispose();
        _closed.TrySetResult();
    }

    TransportSocket? IValueTaskSource<TransportSocket?>.GetResult(short token) => _accepted.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TransportSocket?>.GetStatus(short token) => _accepted.GetStatus(token);

    void IValueTaskSource<TransportSocket?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _accepted.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
