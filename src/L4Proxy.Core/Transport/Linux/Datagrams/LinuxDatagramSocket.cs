using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// A bound <see cref="Socket"/> on one reactor, where its flows live too. Receives in batches, and says and chooses this
/// side's address. Closing takes what the kernel has queued first.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDatagramSocket : DatagramSocket, IReadiness, IValueTaskSource
{
    // So many in one turn at the most: others on this reactor want their turn.
    private const int MostInOneTurn = 256;

    private readonly Reactor _reactor;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly DatagramAddress _bound;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _ended;
    private DatagramReceiver? _receiver;
    private object? _state;
    private int _slot = -1;
    private bool _isClosed;
    private bool _waitsForTurn;

    /// <summary>Takes over a socket that is bound.</summary>
    public LinuxDatagramSocket(Reactor reactor, Socket socket)
    {
        _reactor = reactor;
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _bound = DatagramAddress.From(LocalEndPoint);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override bool IsHome => _reactor.IsCurrent;

    public override void Post(SendOrPostCallback work, object state) => _reactor.Post(work, state);

    public override ValueTask ReceiveAsync(DatagramReceiver receiver, object state)
    {
        _ended.Reset();
        (_receiver, _state) = (receiver, state);
        _reactor.Post(static me => ((LinuxDatagramSocket)me!).Watch(), this);
        return new(this, _ended.Version);
    }

    public override void Send(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from, DatagramSent sent, object state)
    {
        if (_reactor.IsCurrent)
            SendHere(datagram, to, from, sent, state);
        else
            _reactor.Post(static item => ((Brought)item!).Send(), new Brought(this, datagram.ToArray(), to, from, sent, state));
    }

    public override void Flush() => _reactor.Datagrams.ToClients.Flush();

    public override void Update(in ListenOptions options) => LinuxDatagramTransport.SetBuffers(_socket, options);

    public override async ValueTask DisposeAsync()
    {
        _reactor.Post(static me => ((LinuxDatagramSocket)me!).Close(), this);
        await _closed.Task;
    }

    public void OnReady(EpollEvents events)
    {
        if (!_waitsForTurn)
            Receive();
    }

    public void OnTurn()
    {
        _waitsForTurn = false;
        if (!_isClosed)
            Receive();
    }

    private void Watch()
    {
        if (!_isClosed && (_slot = _reactor.Add(_descriptor, EpollEvents.Readable, this)) < 0)
            _ended.SetException(StreamErrno.Exception(Syscalls.Error));
    }

    private void Receive()
    {
        if (TryReceiveAll())
            return;
        _waitsForTurn = true;
        _reactor.CallAgain(this);
    }

    /// <summary>Receives until there is nothing more; false when it has been enough for one turn.</summary>
    private bool TryReceiveAll()
    {
        var batch = _reactor.Datagrams.FromClients;
        for (var taken = 0; taken < MostInOneTurn;)
        {
            var count = batch.Receive(_descriptor);
            if (count < 0 && Syscalls.Error == StreamErrno.Again)
                return true;
            for (var i = 0; i < count; i++)
                _receiver!(_state!, batch[i], batch.InfoOf(i, _bound));
            if (count is > 0 and < DatagramBatch.Capacity)
                return true;
            taken += Math.Max(count, 1);
        }
        return false;
    }

    private void SendHere(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from, DatagramSent sent, object state)
    {
        if (_isClosed)
            sent(state, datagram.Length, DatagramStatus.Closed);
        else
            // Bound to one address, a socket sends from no other.
            _reactor.Datagrams.ToClients.Add(
                _descriptor, LocalEndPoint.AddressFamily, datagram, to, _bound.IsUnspecified ? from : default, sent, state);
    }

    private void Close()
    {
        if (_isClosed)
            return;
        if (_slot >= 0)
        {
            TryReceiveAll();
            _reactor.Remove(_slot);
        }
        Flush();
        _isClosed = true;
        lock (_reactor.Closing)
            _socket.Dispose();
        _closed.TrySetResult();
        if (_slot >= 0)
            _ended.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _ended.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _ended.GetStatus(token);

    // Without the caller's context: what goes on here is home.
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ended.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    /// <summary>What another thread wants to be sent.</summary>
    private sealed class Brought(
        LinuxDatagramSocket socket, byte[] datagram, DatagramAddress to, DatagramAddress from, DatagramSent sent, object state)
    {
        public void Send() => socket.SendHere(datagram, to, from, sent, state);
    }
}
