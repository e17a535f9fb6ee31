using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// A flow's connected descriptor on its reactor. With IP_RECVERR it hears of every ICMP error, not of "port unreachable"
/// alone: otherwise a flow to a host that is switched off would live for as long as its client sends.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxConnectedDatagramSocket : ConnectedDatagramSocket, IReadiness, IValueTaskSource<DatagramStatus>
{
    // So many in one turn at the most: others on this reactor want their turn.
    private const int MostInOneTurn = 256;

    private readonly Reactor _reactor;
    private readonly int _descriptor;
    private readonly bool _isIPv4;
    private readonly DialOptions _options;
    private readonly bool _isReused;
    private int _port;
    private volatile bool _isClosed;
    private volatile bool _hasFailed;

    // Of the reactor's thread alone.
    private int _slot = -1;
    private bool _isReadable;
    private bool _isReceiving;
    private bool _waitsForTurn;
    private ReplyReceiver? _receiver;
    private object? _state;
    private ManualResetValueTaskSourceCore<DatagramStatus> _ended;

    /// <summary>A socket that is new.</summary>
    public LinuxConnectedDatagramSocket(Reactor reactor, int descriptor, bool isIPv4, in DialOptions options)
    {
        _reactor = reactor;
        _descriptor = descriptor;
        _isIPv4 = isIPv4;
        _options = options;
    }

    /// <summary>One that the reactor has kept and watches. On its thread.</summary>
    public LinuxConnectedDatagramSocket(Reactor reactor, int descriptor, bool isIPv4, in DialOptions options, int slot)
        : this(reactor, descriptor, isIPv4, options)
    {
        _isReused = true;
        _slot = slot;
        reactor.Assign(slot, this);
    }

    /// <summary>Has the kernel watch the descriptor: now, or on another thread soon.</summary>
    /// <returns>Whether it could.</returns>
    public bool TryWatch()
    {
        if (_reactor.IsCurrent)
            return !_isClosed && (_slot = _reactor.Add(_descriptor, EpollEvents.Readable, this)) >= 0;
        _reactor.Post(static me => ((LinuxConnectedDatagramSocket)me!).TryWatch(), this);
        return true;
    }

    /// <summary>Gives it its source address, its peer, and a port.</summary>
    public DatagramStatus Connect(in DatagramAddress address)
    {
        if (_options.From?.NextFor(_isIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6) is { } source && !SourceAddress.TryBind(_descriptor, source))
        {
            _hasFailed = true;
            return DatagramErrno.ConnectStatus(Syscalls.Error);
        }
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var length = SockAddr.Write(
            address, new(name, DatagramAddress.MaxSize), _isIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
        if (Syscalls.Connect(_descriptor, name, (uint)length) == 0 && (!_isReused || TryLearnPort()))
            return DatagramStatus.Ok;
        _hasFailed = true;
        return DatagramErrno.ConnectStatus(Syscalls.Error);
    }

    public override ValueTask<DatagramStatus> ReceiveAsync(ReplyReceiver receiver, object state)
    {
        _ended.Reset();
        (_receiver, _state) = (receiver, state);
        if (_reactor.IsCurrent)
            BeginReceive();
        else
            _reactor.Post(static me => ((LinuxConnectedDatagramSocket)me!).BeginReceive(), this);
        return new(this, _ended.Version);
    }

    public override DatagramStatus TrySend(ReadOnlySpan<byte> datagram)
    {
        if (_reactor.IsCurrent)
            return Send(datagram);
        lock (_reactor.Closing)
            return Send(datagram);
    }

    public override void Dispose()
    {
        if (_reactor.IsCurrent)
        {
            Close();
            return;
        }
        _reactor.Post(static me => ((LinuxConnectedDatagramSocket)me!).Close(), this);
    }

    public void OnReady(EpollEvents events)
    {
        _isReadable = true;
        if (_isReceiving && !_waitsForTurn)
            Receive();
    }

    public void OnTurn()
    {
        _waitsForTurn = false;
        if (_isReceiving && _isReadable)
            Receive();
    }

    /// <summary>Never receives at once: the caller may be in the middle of a batch.</summary>
    private void BeginReceive()
    {
        _isReceiving = true;
        if (_isClosed)
            End(DatagramStatus.Closed);
        else if (_slot < 0)
            End(DatagramStatus.Exhausted); // The kernel does not watch it: nothing would ever be heard.
        else if (_isReadable)
            WaitForTurn();
    }

    private void WaitForTurn()
    {
        if (_waitsForTurn)
            return;
        _waitsForTurn = true;
        _reactor.CallAgain(this);
    }

    private void Receive()
    {
        try
        {
            if (ReceiveAll() is var status and not DatagramStatus.Ok)
                End(status);
        }
        catch (Exception e)
        {
            _isReceiving = false;
            _ended.SetException(e);
        }
    }

    /// <summary>Receives until there is nothing more, or no more is wanted or for this turn (all are Ok), or there is an error.</summary>
    private DatagramStatus ReceiveAll()
    {
        var batch = _reactor.Datagrams.FromDestinations;
        for (var taken = 0; taken < MostInOneTurn;)
        {
            // Most flows wait for one answer, and then nothing more is asked for.
            var count = taken == 0 ? batch.ReceiveOne(_descriptor) : batch.Receive(_descriptor);
            if (count < 0 && Explain(Syscalls.Error) is var status and not DatagramStatus.TooLarge)
            {
                _isReadable = status != DatagramStatus.WouldBlock;
                return _isReadable ? status : DatagramStatus.Ok;
            }
            for (var i = 0; i < count && !_isClosed; i++)
            {
                if (IsMine(batch, i) && !_receiver!(_state!, batch[i]))
                    return DatagramStatus.Ok;
            }
            if (_isClosed)
                return DatagramStatus.Ok;
            _isReadable = taken == 0 || count is < 0 or DatagramBatch.Capacity;
            if (!_isReadable)
                return DatagramStatus.Ok;
            taken += Math.Max(count, 1);
        }
        WaitForTurn();
        return DatagramStatus.Ok;
    }

    /// <summary>
    /// The kernel may have found the socket for a datagram before the last flow gave up its port, and put it in the queue after
    /// that (a hypervisor stops a processor, a packet filter holds a packet).
    /// </summary>
    private bool IsMine(DatagramBatch batch, int index) => !_isReused || batch.PortOf(index) == _port;

    private bool TryLearnPort()
    {
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var size = (uint)DatagramAddress.MaxSize;
        if (Syscalls.GetLocalAddress(_descriptor, name, &size) != 0 || !SockAddr.TryRead(new(name, (int)size), out var local))
            return false;
        _port = local.Port;
        return true;
    }

    private DatagramStatus Send(ReadOnlySpan<byte> datagram)
    {
        if (_isClosed)
            return DatagramStatus.Closed;
        var status = SendOnce(datagram);
        // The path may have become narrower before (RFC 1191): then this datagram was not looked at, and may well fit in fragments.
        return status == DatagramStatus.TooLarge ? SendOnce(datagram) : status;
    }

    private DatagramStatus SendOnce(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* data = datagram)
        {
            return Syscalls.Send(_descriptor, data, (nuint)datagram.Length, MessageFlags.DoNotWait) >= 0
                ? DatagramStatus.Ok
                : Explain(Syscalls.Error);
        }
    }

    /// <summary>
    /// Drops the ICMP messages behind an error as soon as it is known: they take up room in the receive buffer, and with
    /// them the kernel drops an error that has come since.
    /// </summary>
    private DatagramStatus Explain(int errno)
    {
        var status = DatagramErrno.Status(errno);
        byte nothing;
        if (status != DatagramStatus.WouldBlock)
        {
            _hasFailed = true;
            while (Syscalls.Receive(_descriptor, &nothing, 0, MessageFlags.DoNotWait | MessageFlags.ErrorQueue) >= 0)
            {
            }
        }
        return status;
    }

    private void Close()
    {
        if (_isClosed)
            return;
        lock (_reactor.Closing)
            _isClosed = true;
        if (_slot >= 0)
            GiveUp();
        else
            _reactor.DatagramSockets.Close(_descriptor);
        if (_isReceiving)
            End(DatagramStatus.Closed);
    }

    private void GiveUp()
    {
        if (!_hasFailed && TryReturn())
        {
            _reactor.Assign(_slot, null);
            return;
        }
        _reactor.Remove(_slot);
        _reactor.DatagramSockets.Close(_descriptor);
    }

    private bool TryReturn() =>
        (_isReused || OriginalDestination.TryEnable(_descriptor, _isIPv4)) && _reactor.DatagramSockets.TryReturn(_isIPv4, _options, _descriptor, _slot);

    private void End(DatagramStatus status)
    {
        _isReceiving = false;
        _ended.SetResult(status);
    }

    DatagramStatus IValueTaskSource<DatagramStatus>.GetResult(short token) => _ended.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<DatagramStatus>.GetStatus(short token) => _ended.GetStatus(token);

    // Without the caller's context: what goes on here is home.
    void IValueTaskSource<DatagramStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ended.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
}
