using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>A listener over a <see cref="Socket"/> that listens already. It waits by accepting: one connection is there in advance.</summary>
internal sealed class ManagedListener(Socket socket) : TransportListener
{
    private ManagedConnection? _accepted;
    private volatile bool _closed;

    public override EndPoint LocalEndPoint { get; } = socket.LocalEndPoint!;

    public override async ValueTask<bool> WaitAsync()
    {
        while (_accepted is null)
        {
            try
            {
                _accepted = new ManagedConnection(await socket.AcceptAsync(CancellationToken.None));
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
            catch (SocketException) when (_closed)
            {
                return false;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset
                or SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
            {
                // accept(2): what happened to a connection in the queue is its own affair.
            }
        }
        return true;
    }

    public override TransportSocket? TryAccept()
    {
        var accepted = _accepted;
        _accepted = null;
        return accepted;
    }

    public override void LeaveRest() => TryAccept()?.Abort();

    public override void Update(in ListenOptions options)
    {
        TcpOptions.Apply(socket, options);
        socket.Listen(options.Backlog);
    }

    public override ValueTask DisposeAsync()
    {
        _closed = true;
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
