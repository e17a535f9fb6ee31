using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>A flow's connected <see cref="Socket"/>, which does not block.</summary>
internal sealed class ManagedConnectedDatagramSocket(Socket socket) : ConnectedDatagramSocket
{
    private readonly DatagramReadiness _readiness = new(socket);

    public override ValueTask<DatagramStatus> WaitAsync() => _readiness.WaitAsync();

    public override DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        using var whole = DatagramBuffer.AtLeast(buffer);
        try
        {
            var received = socket.Receive(whole.Span, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                return DatagramError.Status(error);
            length = received;
            whole.CopyTo(buffer, received);
            return DatagramStatus.Ok;
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    public override DatagramStatus TrySend(ReadOnlySpan<byte> datagram)
    {
        try
        {
            socket.Send(datagram, SocketFlags.None, out var error);
            return DatagramError.Status(error);
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    public override void Dispose()
    {
        socket.Dispose();
        _readiness.Dispose();
    }
}
