using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Managed;

/// <summary>A connection over <see cref="Socket"/>.</summary>
internal sealed class ManagedConnection(Socket socket) : TransportSocket
{
    private SocketOperation? _receive;
    private SocketOperation? _send;
    private EndPoint? _local;
    private EndPoint? _remote;
    private int _detached;
    private volatile bool _sendEnded;

    public override EndPoint? LocalEndPoint => _local ??= AddressOf(socket, local: true);

    public override EndPoint? RemoteEndPoint => _remote ??= AddressOf(socket, local: false);

    public override async ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint)
    {
        using var operation = new SocketOperation { RemoteEndPoint = endPoint };
        try
        {
            operation.Begin();
            return (await operation.End(socket.ConnectAsync(operation))).Status;
        }
        catch (ObjectDisposedException)
        {
            return TransportStatus.Aborted;
        }
        catch (SocketException e)
        {
            return SocketStatus.From(e.SocketErrorCode);
        }
    }

    public override ValueTask<TransportResult> ReceiveAsync(Memory<byte> buffer)
    {
        var operation = _receive ??= new SocketOperation(this);
        try
        {
            operation.SetBuffer(buffer);
            // With the flag a wait looks again when it is woken. Without it Socket also ends it for bytes that were received
            // before, and the connection would then be idle in a receive, with a buffer.
            operation.SocketFlags = buffer.IsEmpty ? SocketFlags.Peek : SocketFlags.None;
            operation.Begin(mayBeGivenUp: buffer.IsEmpty);
            return operation.End(socket.ReceiveAsync(operation));
        }
        catch (ObjectDisposedException)
        {
            return new(new TransportResult(0, TransportStatus.Aborted));
        }
    }

    public override void CancelReceive()
    {
        if (Volatile.Read(ref _receive) is not { } operation || !operation.TryGiveUp())
            return;
        // Before the wait ends: the next receive needs another.
        Interlocked.CompareExchange(ref _receive, null, operation);
        operation.EndGivenUp();
    }

    public override int Peek(Span<byte> buffer)
    {
        if (socket.Available == 0)
            return 0;
        var count = socket.Receive(buffer, SocketFlags.Peek, out var error);
        return error == SocketError.Success ? count : 0;
    }

    public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var sent = SendSomeAsync(buffer);
        if (!sent.IsCompletedSuccessfully)
            return SendRestAsync(sent, buffer);
        var result = sent.Result;
        return result.Status != TransportStatus.Ok || result.Bytes == buffer.Length
            ? new(result.Status)
            : SendRestAsync(new(result), buffer);
    }

    public override ValueTask<TransportStatus> ShutdownSendAsync()
    {
        _sendEnded = true;
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return new(TransportStatus.Ok);
        }
        catch (SocketException e)
        {
            // ENOTCONN: the peer's RST was here first.
            return new(e.SocketErrorCode == SocketError.NotConnected ? TransportStatus.Reset : SocketStatus.From(e.SocketErrorCode));
        }
        catch (ObjectDisposedException)
        {
            return new(TransportStatus.Aborted);
        }
    }

    public override void Abort()
    {
        if (Volatile.Read(ref _detached) != 0)
            return;
        try
        {
            // Closing with a linger time of zero is what sends RST.
            if (socket.ProtocolType == ProtocolType.Tcp)
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already closed, or never connected: there is no one to reset.
        }
        Close();
    }

    public override Socket? Detach()
    {
        if (Interlocked.Exchange(ref _detached, 1) != 0)
            return null;
        DisposeOperations();
        return socket;
    }

    public override ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _detached) == 0)
            Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// What it is that looks like FIN. Linux reports an error once, and where a send under way got it, a receive sees the end of
    /// the stream.
    /// </summary>
    internal TransportStatus StatusOfEnd()
    {
        const int SolTcp = 6;
        const int TcpInfo = 11;
        const byte Closed = 7; // TCP_CLOSE: after both FINs, or after an error.
        if (_sendEnded || !OperatingSystem.IsLinux() || socket.ProtocolType != ProtocolType.Tcp)
            return TransportStatus.Ok;
        try
        {
            // struct tcp_info: state, ca_state, retransmits, probes.
            Span<byte> info = [0, 0, 0, 0];
            socket.GetRawSocketOption(SolTcp, TcpInfo, info);
            // Looked at again: the other direction may have sent its FIN meanwhile, and with both FINs this state is the usual end.
            if (info[0] != Closed || _sendEnded)
                return TransportStatus.Ok;
            return (info[2] | info[3]) != 0 ? TransportStatus.Unreachable : TransportStatus.Reset;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return TransportStatus.Ok;
        }
    }

    private void Close()
    {
        socket.Dispose();
        DisposeOperations();
    }

    /// <summary>One that is under way is disposed when it ends. Left to their finalizers they outlive what they point to.</summary>
    private void DisposeOperations()
    {
        Volatile.Read(ref _receive)?.Dispose();
        Volatile.Read(ref _send)?.Dispose();
    }

    private ValueTask<TransportResult> SendSomeAsync(ReadOnlyMemory<byte> buffer)
    {
        var operation = _send ??= new SocketOperation();
        try
        {
            operation.SetBuffer(MemoryMarshal.AsMemory(buffer));
            operation.Begin();
            return operation.End(socket.SendAsync(operation));
        }
        catch (ObjectDisposedException)
        {
            return new(new TransportResult(0, TransportStatus.Aborted));
        }
    }

    private async ValueTask<TransportStatus> SendRestAsync(ValueTask<TransportResult> first, ReadOnlyMemory<byte> buffer)
    {
        var result = await first;
        while (result.Status == TransportStatus.Ok && result.Bytes < buffer.Length)
        {
            buffer = buffer[result.Bytes..];
            result = await SendSomeAsync(buffer);
        }
        return result.Status;
    }

    private static EndPoint? AddressOf(Socket socket, bool local)
    {
        try
        {
            return local ? socket.LocalEndPoint : socket.RemoteEndPoint;
        }
        catch (SocketException)
        {
            return null; // Reset before it was looked at.
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
