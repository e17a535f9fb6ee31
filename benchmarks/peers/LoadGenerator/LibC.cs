using System.Runtime.InteropServices;

namespace L4Proxy.LoadGenerator;

/// <summary>
/// The C library's sockets as they are: the load must cost less than any proxy, and <see cref="System.Net.Sockets.Socket"/>
/// costs about as much as the proxies that are compared.
/// </summary>
internal static unsafe partial class LibC
{
    public const int Internet = 2;
    public const int Stream = 1;
    public const int Datagram = 2;
    public const int NonBlocking = 0x800;
    public const int NoSignal = 0x4000;
    public const int Truncate = 0x20;
    public const int ShutdownWrite = 1;
    public const int SocketLevel = 1;
    public const int ReuseAddress = 2;
    public const int ReusePort = 15;
    public const int ReceiveTimeout = 20;
    public const int SendTimeout = 21;
    public const int TcpLevel = 6;
    public const int NoDelay = 1;
    public const int InternetLevel = 0;
    public const int BindAddressNoPort = 24;
    public const int Again = 11;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, in InternetAddress address, int size);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int socket, nint address, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, in InternetAddress address, int size);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int option, void* value, int size);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int socket, byte* data, nint length, int flags, InternetAddress* address, int size);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(int socket, byte* buffer, nint length, int flags, InternetAddress* address, int* size);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int socket);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEpoll(int epoll, int operation, int descriptor, byte* item);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitEpoll(int epoll, byte* items, int capacity, int timeout);
}
