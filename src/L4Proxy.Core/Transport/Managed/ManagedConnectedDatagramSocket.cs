using System.Buffers;
using System.Net.Sockets;
using L4Proxy.Limits;

namespace L4Proxy.Transport.Managed;

/// <summary>A flow's connected <see cref="Socket"/>, which does not block.</summary>
internal sealed class ManagedConnectedDatagramSocket(Socket socket, DescriptorBudget budget) : ConnectedDatagramSocket
{
    private readonly DatagramReadiness _readiness = new(socket);
    private int _isDisposed;

    public override async ValueTask<DatagramStatus> ReceiveAsync(ReplyReceiver receiver, object state)
    {
        for (;;)
        {
            var status = await _readiness.WaitAsync();
            if (status == DatagramStatus.Ok)
                status = ReceiveAll(receiver, state);
            // WouldBlock: there is nothing more. TooLarge: the path has become narrower, which nothing was received with.
            if (status is not (DatagramStatus.WouldBlock or DatagramStatus.TooLarge))
                return status;
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
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            budget.Release(1);
    }

    /// <summary>Receives until there is nothing more, holding a buffer for as long.</summary>
    /// <returns>Why it stopped.</returns>
    private DatagramStatus ReceiveAll(ReplyReceiver receiver, object state)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(DatagramSocket.LongestDatagram);
        try
        {
            for (;;)
            {
                var length = socket.Receive(buffer, SocketFlags.None, out var error);
                if (error != SocketError.Success)
                    return DatagramError.Status(error);
                if (!receiver(state, buffer.AsSpan(0, length)))
                    return DatagramStatus.WouldBlock; // It waits until it is closed.
            }
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
