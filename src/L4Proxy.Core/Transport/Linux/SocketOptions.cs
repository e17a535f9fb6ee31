namespace L4Proxy.Transport.Linux;

/// <summary>Options of stream sockets by their numbers (asm-generic: x64 and arm64).</summary>
internal static unsafe class SocketOptions
{
    public const int Socket = 1;
    public const int PendingError = 4;

    private const int KeepAlive = 9;
    private const int Linger = 13;
    private const int Tcp = 6;
    private const int NoDelay = 1;
    private const int KeepAliveIdle = 4;
    private const int KeepAliveInterval = 5;
    private const int KeepAliveCount = 6;

    /// <summary>Closing sends RST.</summary>
    public static void SetLingerZero(int descriptor)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = Syscalls.SetOption(descriptor, Socket, Linger, linger, 2 * sizeof(int));
    }

    /// <summary>What a dialled TCP socket gets; a Unix socket refuses it, and needs none of it.</summary>
    public static void SetTcp(int descriptor, TimeSpan keepAlive)
    {
        Set(descriptor, Tcp, NoDelay, 1);
        if (keepAlive <= TimeSpan.Zero)
            return;
        // A silent peer is given up after the idle time and six probes a sixth of it apart: twice the time in all.
        var seconds = Math.Max(1, (int)keepAlive.TotalSeconds);
        Set(descriptor, Socket, KeepAlive, 1);
        Set(descriptor, Tcp, KeepAliveIdle, seconds);
        Set(descriptor, Tcp, KeepAliveInterval, Math.Max(1, seconds / 6));
        Set(descriptor, Tcp, KeepAliveCount, 6);
    }

    private static void Set(int descriptor, int level, int name, int value) =>
        _ = Syscalls.SetOption(descriptor, level, name, &value, sizeof(int));
}
