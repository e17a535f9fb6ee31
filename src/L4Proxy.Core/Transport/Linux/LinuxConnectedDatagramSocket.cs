using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// A flow's connected <see cref="Socket"/>. With IP_RECVERR it hears of every ICMP error, not of "port unreachable" alone:
/// otherwise a flow to a host that is switched off would live for as long as its client sends.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxConnectedDatagramSocket : ConnectedDatagramSocket
{
    private const int SolIP = 0;
    private const int IPReceiveErrors = 11;
    private const int SolIPv6 = 41;
    private const int IPv6ReceiveErrors = 25;

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly DatagramReadiness _readiness;

    public LinuxConnectedDatagramSocket(Socket socket)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _readiness = new DatagramReadiness(socket, DropErrorQueue);
    }

    /// <summary>Connects, once, before anything else.</summary>
    public DatagramStatus Connect(in DatagramAddress address)
    {
        var v6 = _socket.AddressFamily == AddressFamily.InterNetworkV6;
        var on = 1;
        _socket.SetRawSocketOption(v6 ? SolIPv6 : SolIP, v6 ? IPv6ReceiveErrors : IPReceiveErrors, new(&on, sizeof(int)));
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var length = SockAddr.Write(address, new(name, DatagramAddress.MaxSize), _socket.AddressFamily);
        return LibC.Connect(_handle, name, (uint)length) == 0
            ? DatagramStatus.Ok
            : Errno.ConnectStatus(Marshal.GetLastPInvokeError());
    }

    public override ValueTask<DatagramStatus> WaitAsync() => _readiness.WaitAsync();

    public override DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        var status = ReceiveOnce(buffer, out length);
        // The path has become narrower (RFC 1191): nothing that was received.
        return status == DatagramStatus.TooLarge ? ReceiveOnce(buffer, out length) : status;
    }

    public override DatagramStatus TrySend(ReadOnlySpan<byte> datagram)
    {
        var status = SendOnce(datagram);
        // The path may have become narrower before: then this datagram was not looked at, and may well fit in fragments.
        return status == DatagramStatus.TooLarge ? SendOnce(datagram) : status;
    }

    public override void Dispose()
    {
        _socket.Dispose();
        _readiness.Dispose();
    }

    private DatagramStatus ReceiveOnce(Span<byte> buffer, out int length)
    {
        length = 0;
        try
        {
            nint received;
            fixed (byte* data = buffer)
                received = LibC.Receive(_handle, data, (nuint)buffer.Length, MessageFlags.DoNotWait | MessageFlags.Truncated);
            if (received < 0)
                return Explain(Marshal.GetLastPInvokeError());
            length = (int)received;
            return DatagramStatus.Ok;
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    private DatagramStatus SendOnce(ReadOnlySpan<byte> datagram)
    {
        try
        {
            nint sent;
            fixed (byte* data = datagram)
                sent = LibC.Send(_handle, data, (nuint)datagram.Length, MessageFlags.DoNotWait);
            return sent >= 0 ? DatagramStatus.Ok : Explain(Marshal.GetLastPInvokeError());
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    private DatagramStatus Explain(int errno)
    {
        var status = Errno.Status(errno);
        if (status != DatagramStatus.WouldBlock)
            DropErrorQueue();
        return status;
    }

    /// <summary>
    /// Drops the ICMP messages behind an error as soon as it is known: they take up room in the receive buffer, and with
    /// them the kernel drops an error that has come since.
    /// </summary>
    private void DropErrorQueue()
    {
        byte nothing;
        try
        {
            while (LibC.Receive(_handle, &nothing, 0, MessageFlags.DoNotWait | MessageFlags.ErrorQueue) >= 0)
            {
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed, and the queue with it.
        }
    }
}
