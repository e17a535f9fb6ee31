using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>One address of a listening socket: a <see cref="Socket"/> bound to it, which does not block.</summary>
internal sealed class ManagedDatagramPort : SocketAsyncEventArgs
{
    [ThreadStatic]
    private static SocketAddress? s_toV4;

    [ThreadStatic]
    private static SocketAddress? s_toV6;

    private readonly Socket _socket;
    private readonly SocketAddress _client;
    private readonly Action _readable;
    private int _armed;

    private ManagedDatagramPort(Socket socket, Action readable)
        : base(true)
    {
        _socket = socket;
        _readable = readable;
        _client = new SocketAddress(socket.AddressFamily);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        Local = DatagramAddress.From(LocalEndPoint);
        SocketFlags = SocketFlags.Peek; // As DatagramReadiness.
    }

    public IPEndPoint LocalEndPoint { get; }

    public DatagramAddress Local { get; }

    /// <summary>Binds to one address of this machine.</summary>
    /// <param name="endPoint">The address; no wildcard.</param>
    /// <param name="options">As for <see cref="DatagramTransport.Listen"/>.</param>
    /// <param name="readable">Called when there is something to receive, once for each <see cref="Arm"/>.</param>
    /// <exception cref="SocketException">The address is in use, not of this machine, or not allowed.</exception>
    public static ManagedDatagramPort Bind(IPEndPoint endPoint, in ListenOptions options, Action readable)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            ShareOrNot(socket, options.ReusePort);
            SetBuffers(socket, options);
            socket.Bind(endPoint);
            return new ManagedDatagramPort(socket, readable);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for something to receive, if it does not yet.</summary>
    public void Arm()
    {
        if (Interlocked.Exchange(ref _armed, 1) != 0)
            return;
        try
        {
            if (!_socket.ReceiveAsync(this))
                Disarm();
        }
        catch (ObjectDisposedException)
        {
            Disarm();
        }
    }

    /// <summary>Takes one datagram, without waiting.</summary>
    public DatagramStatus TryReceive(Span<byte> buffer, out int length, out DatagramInfo info)
    {
        length = 0;
        info = default;
        try
        {
            // ReceiveFrom would say that there is nothing by throwing.
            if (!_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
                return DatagramStatus.WouldBlock;
            length = _socket.ReceiveFrom(buffer, SocketFlags.None, _client);
            DatagramAddress.TryRead(_client.Buffer.Span, _client.Family, out var client);
            info = new(client, Local);
            return DatagramStatus.Ok;
        }
        catch (SocketException e)
        {
            return DatagramError.Status(e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    public DatagramStatus TrySend(ReadOnlySpan<byte> datagram, in DatagramAddress to)
    {
        var family = LocalEndPoint.AddressFamily;
        var address = family == AddressFamily.InterNetwork
            ? s_toV4 ??= new SocketAddress(AddressFamily.InterNetwork)
            : s_toV6 ??= new SocketAddress(AddressFamily.InterNetworkV6);
        if (to.Write(address.Buffer.Span, family) == 0)
            return DatagramStatus.Failed;
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, address);
            return DatagramStatus.Ok;
        }
        catch (SocketException e)
        {
            return DatagramError.Status(e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    public void Update(in ListenOptions options) => SetBuffers(_socket, options);

    public void Close()
    {
        _socket.Dispose();
        Dispose();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Disarm();

    private void Disarm()
    {
        Volatile.Write(ref _armed, 0);
        _readable();
    }

    private static void SetBuffers(Socket socket, in ListenOptions options)
    {
        if (options.ReceiveBuffer is { } receive)
            socket.ReceiveBufferSize = receive;
        if (options.SendBuffer is { } send)
            socket.SendBufferSize = send;
    }

    private static void ShareOrNot(Socket socket, bool reusePort)
    {
        const int SioUdpConnectionReset = unchecked((int)0x9800000C);
        if (reusePort)
            SocketTransport.SharePort(socket);
        if (!OperatingSystem.IsWindows())
            return;
        socket.ExclusiveAddressUse = !reusePort;
        // A client that is gone must not end the receives of the others (WSAECONNRESET).
        socket.IOControl(SioUdpConnectionReset, BitConverter.GetBytes(0), null);
    }
}
