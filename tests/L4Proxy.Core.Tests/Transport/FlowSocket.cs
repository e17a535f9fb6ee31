using System.Threading.Channels;
using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>A flow's socket to its destination under test: what it receives, in order, and how that ended, with a deadline.</summary>
internal sealed class FlowSocket(ConnectedDatagramSocket socket) : IDisposable
{
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();

    public bool IsEmpty => !_received.Reader.TryPeek(out _);

    /// <summary>Receives until the network or this side ends it.</summary>
    public Task<DatagramStatus> RunAsync() =>
        socket.ReceiveAsync(static (me, datagram) => ((FlowSocket)me)._received.Writer.TryWrite(datagram.ToArray()), this).AsTask()
            .WaitAsync(DatagramTesting.Deadline, TestContext.Current.CancellationToken);

    /// <summary>The next datagram, whole.</summary>
    public Task<byte[]> ReceiveAsync() =>
        _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(DatagramTesting.Deadline);

    public DatagramStatus TrySend(ReadOnlySpan<byte> datagram) => socket.TrySend(datagram);

    public void Dispose() => socket.Dispose();
}
