using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A transport whose first dialled connection is reset before a byte can be sent on it.</summary>
internal sealed class FirstSendFails : SocketTransport
{
    private readonly ManagedTransport _transport = new();
    private int _dialled;

    public override IReadOnlyList<TransportListener> Listen(Socket bound, int backlog) => _transport.Listen(bound, backlog);

    public override int DescriptorsAt(EndPoint endPoint) => _transport.DescriptorsAt(endPoint);

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options)
    {
        var socket = _transport.CreateSocket(endPoint, options);
        return _dialled++ == 0 ? new Broken(socket) : socket;
    }

    private sealed class Broken(TransportSocket socket) : TransportSocket
    {
        public override EndPoint? LocalEndPoint => socket.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => socket.RemoteEndPoint;

        public override ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint) => socket.ConnectAsync(endPoint);

        public override ValueTask<TransportResult> WaitAsync() => socket.WaitAsync();

        public override void CancelWait() => socket.CancelWait();

        public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer) => socket.TakeAsync(buffer);

        public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer) => new(TransportStatus.Reset);

        public override ValueTask<TransportStatus> ShutdownSendAsync() => socket.ShutdownSendAsync();

        public override void Abort() => socket.Abort();

        public override ValueTask DisposeAsync() => socket.DisposeAsync();
    }
}
