using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Transport.Managed;

/// <summary>A connection over <see cref="Socket"/>.</summary>
internal sealed class ManagedConnection : TransportSocket
{
    private readonly Socket _socket;
    private SocketOperation? _wait;
    private SocketOperation? _send;
    private EndPoint? _local;
    private EndPoint? _remote;
    private int _untaken;
    private int _detached;
    private int _aborted;
    private volatile bool _sendEnded;
    private volatile int _undelivered;

    public ManagedConnection(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false; // What is taken is not waited for.
    }

    public override EndPoint? LocalEndPoint => _local ??= AddressOf(_socket, local: true);

    public override EndPoint? RemoteEndPoint => _remote ??= AddressOf(_socket, local: false);

    public override SendQueue SendQueue => WithDescriptor(KernelQueue.Look);

    public override int Undelivered => _undelivered;

    public override TransportStatus Failure => WithDescriptor(TcpState.FailureOf);

    public override void StartKeepAlive(TimeSpan time)
    {
        try
        {
            if (time > TimeSpan.Zero && _socket.ProtocolType == ProtocolType.Tcp)
                TcpOptions.SetKeepAlive(_socket, time);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }

    public override async ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint)
    {
        using var operation = new SocketOperation { RemoteEndPoint = endPoint };
        try
        {
            operation.Begin();
            var status = (await operation.End(_socket.ConnectAsync(operation))).Status;
            // So the runtime says that nobody has made a Unix socket: nothing listens.
            return endPoint is UnixDomainSocketEndPoint && operation.SocketError == SocketError.AddressNotAvailable ? TransportStatus.Reset : status;
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

    public override ValueTask<TransportResult> WaitAsync()
    {
        var operation = _wait ??= new SocketOperation();
        try
        {
            operation.SetBuffer(Memory<byte>.Empty);
            // With the flag it looks again when it is woken. Without it Socket also ends it for bytes that were received before.
            operation.SocketFlags = SocketFlags.Peek;
            operation.Begin(mayBeGivenUp: true);
            return operation.End(_socket.ReceiveAsync(operation));
        }
        catch (ObjectDisposedException)
        {
            return new(new TransportResult(0, TransportStatus.Aborted));
        }
    }

    public override void CancelWait()
    {
        if (Volatile.Read(ref _wait) is not { } operation || !operation.TryGiveUp())
            return;
        // Before the wait ends: the next one needs another.
        Interlocked.CompareExchange(ref _wait, null, operation);
        operation.EndGivenUp();
    }

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer)
    {
        try
        {
            var count = _socket.Receive(buffer.Span, SocketFlags.None, out var error);
            return new(error switch
            {
                SocketError.WouldBlock => new TransportResult(0, TransportStatus.Canceled),
                SocketError.Success when count == 0 => new(0, StatusOfEnd()),
                _ => new(count, SocketStatus.From(error)),
            });
        }
        catch (ObjectDisposedException)
        {
            return new(new TransportResult(0, TransportStatus.Aborted));
        }
    }

    public override int Peek(Span<byte> buffer)
    {
        if (_socket.Available == 0)
            return 0;
        var count = _socket.Receive(buffer, SocketFlags.Peek, out var error);
        return error == SocketError.Success ? count : 0;
    }

    public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var sent = SendSomeAsync(buffer);
        if (!sent.IsCompletedSuccessfully)
            return SendRestAsync(sent, buffer);
        var result = sent.Result;
        return result.Bytes == buffer.Length ? new(result.Status) : SendRestAsync(new(result), buffer);
    }

    public override int Untaken => _untaken;

    public override ValueTask<TransportStatus> ShutdownSendAsync()
    {
        _sendEnded = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
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
        if (Volatile.Read(ref _detached) != 0 || Interlocked.Exchange(ref _aborted, 1) != 0)
            return;
        try
        {
            if (_socket.ProtocolType == ProtocolType.Tcp)
                PrepareReset();
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
        return _socket;
    }

    public override ValueTask DisposeAsync()
    {
        // Whoever aborts closes it himself, once that will send RST.
        if (Volatile.Read(ref _detached) == 0 && Volatile.Read(ref _aborted) == 0)
            Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// What it is that looks like FIN. Linux reports an error once, and where a send under way got it, a receive sees the end of
    /// the stream.
    /// </summary>
    private TransportStatus StatusOfEnd()
    {
        var failure = _sendEnded ? TransportStatus.Ok : Failure;
        // Looked at again: the other direction may have sent its FIN meanwhile, and with both FINs this state is the usual end.
        return _sendEnded ? TransportStatus.Ok : failure;
    }

    private void PrepareReset()
    {
        var failure = Failure;
        var queue = WithDescriptor(descriptor => KernelQueue.Count(descriptor, ofUnsent: failure == TransportStatus.Reset));
        _undelivered = _sendEnded && queue > 0 ? queue - 1 : queue;
        if (_sendEnded && queue > 0 && failure == TransportStatus.Ok)
            WithDescriptor(KernelQueue.DiscardReceived); // Closed with unread bytes, it would be reset after all.
        else
            _socket.LingerState = new LingerOption(enable: true, seconds: 0); // Closing sends RST.
    }

    /// <summary>Asks the kernel, on Linux; the descriptor stays this socket's meanwhile.</summary>
    private T? WithDescriptor<T>(Func<int, T> ask)
    {
        if (!OperatingSystem.IsLinux())
            return default;
        var isHeld = false;
        var handle = _socket.SafeHandle;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return ask((int)handle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            return default;
        }
        finally
        {
            if (isHeld)
                handle.DangerousRelease();
        }
    }

    private void Close()
    {
        _socket.Dispose();
        DisposeOperations();
    }

    /// <summary>One that is under way is disposed when it ends. Left to their finalizers they outlive what they point to.</summary>
    private void DisposeOperations()
    {
        Volatile.Read(ref _wait)?.Dispose();
        Volatile.Read(ref _send)?.Dispose();
    }

    private ValueTask<TransportResult> SendSomeAsync(ReadOnlyMemory<byte> buffer)
    {
        var operation = _send ??= new SocketOperation();
        try
        {
            operation.SetBuffer(MemoryMarshal.AsMemory(buffer));
            operation.Begin();
            return operation.End(_socket.SendAsync(operation));
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
        _untaken = buffer.Length;
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
