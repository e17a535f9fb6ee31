using System.Net;
using System.Threading.Channels;
using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>A listening datagram socket under test: what it receives, in order, and what becomes of what it sends, with a deadline.</summary>
internal sealed class ListeningSocket(DatagramSocket socket) : IAsyncDisposable
{
    private readonly Channel<(byte[] Data, DatagramInfo Info)> _received = Channel.CreateUnbounded<(byte[], DatagramInfo)>();

    public IPEndPoint LocalEndPoint => socket.LocalEndPoint;

    public DatagramSocket Socket => socket;

    /// <summary>Ends once the socket is closed.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public bool IsEmpty => !_received.Reader.TryPeek(out _);

    public ListeningSocket Start()
    {
        Ended = socket.ReceiveAsync(static (me, datagram, in info) => ((ListeningSocket)me)._received.Writer.TryWrite((datagram.ToArray(), info)), this).AsTask();
        return this;
    }

    /// <summary>The next datagram, whole.</summary>
    public Task<(byte[] Data, DatagramInfo Info)> ReceiveAsync() =>
        _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(DatagramTesting.Deadline);

    public Task<DatagramStatus> SendAsync(ReadOnlySpan<byte> datagram, DatagramAddress to, DatagramAddress from)
    {
        var sent = new TaskCompletionSource<DatagramStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        socket.Send(datagram, to, from, static (task, _, status) => ((TaskCompletionSource<DatagramStatus>)task).SetResult(status), sent);
        return sent.Task.WaitAsync(DatagramTesting.Deadline, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => socket.DisposeAsync();
}
