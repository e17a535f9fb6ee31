using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A transport whose dialled connections send nothing until the test says so.</summary>
internal sealed class HeldSends : SocketTransport
{
    private readonly ManagedTransport _transport = new();
    private readonly TaskCompletionSource _holding = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when something is to be sent.</summary>
    public Task Holding => _holding.Task;

    public void LetGo() => _letGo.SetResult();

    public override IReadOnlyList<TransportListener> Listen(Socket bound, int backlog) => _transport.Listen(bound, backlog);

    public override int DescriptorsAt(EndPoint endPoint) => _transport.DescriptorsAt(endPoint);

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options) =>
        new Held(_transport.CreateSocket(endPoint, options), this);

    private sealed class Held(TransportSocket socket, HeldSends transport) : TransportSocket
    {
        public override EndPoint? LocalEndPoint => socket.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => socket.RemoteEndPoint;

        public override SendQueue SendQueue => socket.SendQueue;

        public override ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint) => socket.ConnectAsync(endPoint);

        public override ValueTask<TransportResult> WaitAsync() => socket.WaitAsync();

        public override void CancelWait() => socket.CancelWait();

        public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer) => socket.TakeAsync(buffer);

        public override async ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
        {
            transport._holding.TrySetResult();
            await transport._letGo.Task;
            return await socket.SendAsync(buffer);
        }

        public override ValueTask<TransportStatus> ShutdownSendAsync() => socket.ShutdownSendAsync();

        public override void Abort() => socket.Abort();

        public override ValueTask DisposeAsync() => socket.DisposeAsync();
    }
}
