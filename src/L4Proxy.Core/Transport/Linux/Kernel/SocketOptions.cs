using System.Net.Sockets;

namespace L4Proxy.Transport.Linux;

/// <summary>Options of sockets by their numbers (asm-generic: x64 and arm64).</summary>
internal static unsafe class SocketOptions
{
    public const int SocketLevel = 1;
    public const int PendingError = 4;

    private const int KeepAlive = 9;
    private const int SendBuffer = 7;
    private const int ReceiveBuffer = 8;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;
    private const int Linger = 13;
    private const int Tcp = 6;
    private const int UserTimeout = 18;
    private const int NoDelay = 1;
    private const int KeepAliveIdle = 4;
    private const int KeepAliveInterval = 5;
    private const int KeepAliveCount = 6;
    private const int IP = 0;
    private const int IPReceiveErrors = 11;
    private const int IPv6 = 41;
    private const int IPv6ReceiveErrors = 25;

    /// <summary>Closing sends RST.</summary>
    public static void SetLingerZero(int descriptor)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = Syscalls.SetOption(descriptor, SocketLevel, Linger, linger, 2 * sizeof(int));
    }

    /// <summary>What a dialled TCP socket gets; a Unix socket refuses it, and needs none of it.</summary>
    public static void SetNoDelay(int descriptor) => Set(descriptor, Tcp, NoDelay, 1);

    /// <summary>Gives the connection up where sent bytes stay unacknowledged for so long (RFC 5482), from the SYN on.</summary>
    public static void SetUserTimeout(int descriptor, TimeSpan time) => Set(descriptor, Tcp, UserTimeout, (int)time.TotalMilliseconds);

    /// <summary>The same of a socket of .NET's.</summary>
    public static void SetUserTimeout(Socket socket, TimeSpan time) =>
        socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)time.TotalMilliseconds));

    /// <summary>Probes a peer that is silent for so long.</summary>
    public static void SetKeepAlive(int descriptor, TimeSpan time)
    {
        // A silent peer is given up after the idle time and six probes a sixth of it apart: twice the time in all.
        var seconds = Math.Max(1, (int)time.TotalSeconds);
        Set(descriptor, Tcp, KeepAliveIdle, seconds);
        Set(descriptor, Tcp, KeepAliveInterval, Math.Max(1, seconds / 6));
        Set(descriptor, Tcp, KeepAliveCount, 6);
        Set(descriptor, SocketLevel, KeepAlive, 1);
    }

    /// <summary>
    /// Sets SO_RCVBUF and SO_SNDBUF of a socket to a destination; null leaves them. With CAP_NET_ADMIN net.core.rmem_max and wmem_max
    /// are no limit; without it the kernel cuts to them.
    /// </summary>
    public static void SetBuffers(int descriptor, int? receive, int? send)
    {
        if (receive is { } toReceive && !TrySet(descriptor, ReceiveBufferForce, toReceive))
            Set(descriptor, SocketLevel, ReceiveBuffer, toReceive);
        if (send is { } toSend && !TrySet(descriptor, SendBufferForce, toSend))
            Set(descriptor, SocketLevel, SendBuffer, toSend);
    }

    /// <summary>What SO_RCVBUF and SO_SNDBUF would have to be set to, to be what they are: the kernel takes it twice.</summary>
    public static (int Receive, int Send) GetBuffers(int descriptor) => (Get(descriptor, ReceiveBuffer) / 2, Get(descriptor, SendBuffer) / 2);

    /// <summary>Raises SO_RCVBUF as far as everybody may; where the system's own is more, that stays.</summary>
    public static void RaiseReceiveBuffer(int descriptor, int bytes)
    {
        if (Get(descriptor, ReceiveBuffer) < bytes)
            Set(descriptor, SocketLevel, ReceiveBuffer, bytes);
    }

    /// <summary>Reports every ICMP error of a datagram socket, and keeps it in its error queue.</summary>
    public static void ReceiveErrors(int descriptor, bool isIPv4) =>
        Set(descriptor, isIPv4 ? IP : IPv6, isIPv4 ? IPReceiveErrors : IPv6ReceiveErrors, 1);

    /// <summary>Sets SO_SNDBUF beyond the system's limit; false where that is not allowed.</summary>
    public static bool TryForceSendBuffer(Socket socket, int bytes) => TrySet(socket, SendBufferForce, bytes);

    /// <summary>Sets SO_RCVBUF beyond the system's limit; false where that is not allowed.</summary>
    public static bool TryForceReceiveBuffer(Socket socket, int bytes) => TrySet(socket, ReceiveBufferForce, bytes);

    private static bool TrySet(Socket socket, int option, int value)
    {
        try
        {
            socket.SetRawSocketOption(SocketLevel, option, BitConverter.GetBytes(value));
            return true;
        }
        catch (SocketException)
        {
            return false; // EPERM
        }
    }

    private static int Get(int descriptor, int option)
    {
        var value = 0;
        var size = (uint)sizeof(int);
        _ = Syscalls.GetOption(descriptor, SocketLevel, option, &value, &size);
        return value;
    }

    private static bool TrySet(int descriptor, int option, int value) =>
        Syscalls.SetOption(descriptor, SocketLevel, option, &value, sizeof(int)) == 0;

    private static void Set(int descriptor, int level, int name, int value) =>
        _ = Syscalls.SetOption(descriptor, level, name, &value, sizeof(int));
}
