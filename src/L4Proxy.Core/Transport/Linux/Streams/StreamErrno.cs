using System.Net.Sockets;

namespace L4Proxy.Transport.Linux;

/// <summary>Says in the transport's words what an <c>errno</c> of a stream socket means. The numbers are those of x64 and arm64 (asm-generic).</summary>
internal static class StreamErrno
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int InProgress = 115;

    private const int NoSuchFile = 2; // Dialling a Unix socket: nobody has made it.
    private const int SystemFilesExhausted = 23;
    private const int FilesExhausted = 24;
    private const int NoMemory = 12;
    private const int NoSpace = 28; // More watches than fs.epoll.max_user_watches.
    private const int BrokenPipe = 32;
    private const int AddressNotAvailable = 99;
    private const int NetworkDown = 100;
    private const int NetworkUnreachable = 101;
    private const int ConnectionAborted = 103;
    private const int ConnectionReset = 104;
    private const int NoBufferSpace = 105;
    private const int NotConnected = 107;
    private const int TimedOut = 110;
    private const int ConnectionRefused = 111;
    private const int HostDown = 112;
    private const int HostUnreachable = 113;

    public static TransportStatus Status(int errno) => errno switch
    {
        0 => TransportStatus.Ok,
        ConnectionReset or ConnectionAborted or ConnectionRefused or NoSuchFile or BrokenPipe or NotConnected => TransportStatus.Reset,
        TimedOut or HostUnreachable or NetworkUnreachable or HostDown or NetworkDown => TransportStatus.Unreachable,
        AddressNotAvailable => TransportStatus.NoLocalAddress,
        _ => TransportStatus.Failed,
    };

    /// <summary>Whether accept(2) reports what happened to one connection in the queue: its own affair.</summary>
    public static bool IsOfOneConnection(int errno) =>
        errno == Interrupted || Status(errno) is TransportStatus.Reset or TransportStatus.Unreachable;

    public static SocketException Exception(int errno) => new((int)(errno switch
    {
        SystemFilesExhausted or FilesExhausted => SocketError.TooManyOpenSockets,
        AddressNotAvailable => SocketError.AddressNotAvailable,
        NoMemory or NoBufferSpace or NoSpace => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    }), $"errno {errno}");
}
