using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A transport whose dialled sockets hang until the test says what comes of them; one that is connected leads to <paramref name="upstream"/>.</summary>
internal sealed class ScriptedDials(EndPoint upstream) : SocketTransport
{
    private readonly ManagedTransport _transport = new();
    private readonly Channel<Dial> _dials = Channel.CreateUnbounded<Dial>();
    private int _count;

    /// <summary>Dials so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>So many sockets can be made; what is beyond finds no descriptor.</summary>
    public int Descriptors { get; set; } = int.MaxValue;

    /// <summary>What making a socket throws.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Whoever dials a socket that is aborted hears nothing of it yet.</summary>
    public bool HoldsAborts { get; set; }

    /// <summary>The next dial to <paramref name="endPoint"/>.</summary>
    public async Task<Dial> NextAsync(string endPoint)
    {
        var dial = await _dials.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestPeer.Patience);
        Assert.Equal(IPEndPoint.Parse(endPoint), dial.EndPoint);
        return dial;
    }

    public override IReadOnlyList<TransportListener> Listen(Socket bound, int backlog) => _transport.Listen(bound, backlog);

    public override int DescriptorsAt(EndPoint endPoint) => _transport.DescriptorsAt(endPoint);

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options) => Fault is not null ? throw Fault
        : Count < Descriptors ? new Dial(this, endPoint, upstream, _transport.CreateSocket(upstream, options))
        : throw new SocketException((int)SocketError.TooManyOpenSockets);

    private void Add(Dial dial)
    {
        Interlocked.Increment(ref _count);
        _dials.Writer.TryWrite(dial);
    }

    internal sealed class Dial(ScriptedDials owner, EndPoint endPoint, EndPoint upstream, TransportSocket socket) : TransportSocket
    {
        private readonly TaskCompletionSource<TransportStatus> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endPoint;

        /// <summary>Whether its descriptor is closed.</summary>
        public bool IsClosed => _closed.Task.IsCompleted;

        public override EndPoint? LocalEndPoint => socket.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => socket.RemoteEndPoint;

        /// <summary>Sending on it fails once it is connected.</summary>
        public bool IsBroken { get; set; }

        public void Answer(TransportStatus status) => _answer.TrySetResult(status);

        public Task WaitClosedAsync() => _closed.Task.WaitAsync(TestPeer.Patience);

        public override async ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint)
        {
            owner.Add(this);
            var status = await _answer.Task;
            return status == TransportStatus.Ok ? await socket.ConnectAsync(upstream) : status;
        }

        public override ValueTask<TransportResult> WaitAsync() => socket.WaitAsync();

        public override void CancelWait() => socket.CancelWait();

        public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer) => socket.TakeAsync(buffer);

        public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer) =>
            IsBroken ? new(TransportStatus.Reset) : socket.SendAsync(buffer);

        public override ValueTask<TransportStatus> ShutdownSendAsync() => socket.ShutdownSendAsync();

        public override void Abort()
        {
            socket.Abort();
            _closed.TrySetResult();
            if (!owner.HoldsAborts)
                _answer.TrySetResult(TransportStatus.Aborted);
        }

        public override ValueTask DisposeAsync()
        {
            _closed.TrySetResult();
            return socket.DisposeAsync();
        }
    }
}
