using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// The C library's calls on bare descriptors, for those who own them: the reactors. Signatures are blittable, and those
/// that cannot block leave out the switch of GC mode. Errors are read with <see cref="Error"/> right after the call.
/// </summary>
internal static unsafe partial class Syscalls
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;

    // The first call of any of them looks its symbol up, which may overwrite the error of the call before.
    static Syscalls() => _ = ErrorLocation();

    /// <summary><c>errno</c> of this thread.</summary>
    public static int Error => *ErrorLocation();

    [LibraryImport("libc", EntryPoint = "recv"), SuppressGCTransition]
    public static partial nint Receive(int descriptor, byte* buffer, nuint length, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "send"), SuppressGCTransition]
    public static partial nint Send(int descriptor, byte* buffer, nuint length, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "sendmsg"), SuppressGCTransition]
    public static partial nint SendMessage(int descriptor, MessageHeader* message, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "recvmsg"), SuppressGCTransition]
    public static partial nint ReceiveMessage(int descriptor, MessageHeader* message, MessageFlags flags);

    // With the switch: a batch takes as long as many calls.
    [LibraryImport("libc", EntryPoint = "recvmmsg")]
    public static partial int ReceiveMessages(int descriptor, MultiMessageHeader* messages, uint count, MessageFlags flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg")]
    public static partial int SendMessages(int descriptor, MultiMessageHeader* messages, uint count, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "accept4"), SuppressGCTransition]
    public static partial int Accept(int descriptor, byte* address, uint* addressLength, int flags);

    [LibraryImport("libc", EntryPoint = "socket"), SuppressGCTransition]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect"), SuppressGCTransition]
    public static partial int Connect(int descriptor, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "bind"), SuppressGCTransition]
    public static partial int Bind(int descriptor, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "shutdown"), SuppressGCTransition]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close"), SuppressGCTransition]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setsockopt"), SuppressGCTransition]
    public static partial int SetOption(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt"), SuppressGCTransition]
    public static partial int GetOption(int descriptor, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "ioctl"), SuppressGCTransition]
    public static partial int QueryDevice(int descriptor, nuint request, int* value);

    [LibraryImport("libc", EntryPoint = "getsockname"), SuppressGCTransition]
    public static partial int GetLocalAddress(int descriptor, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "fcntl"), SuppressGCTransition]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl"), SuppressGCTransition]
    public static partial int ControlEpoll(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int WaitEpoll(int epoll, byte* events, int count, int milliseconds);

    /// <summary>The same where it does not wait.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_wait"), SuppressGCTransition]
    public static partial int PollEpoll(int epoll, byte* events, int count, int zero);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "write"), SuppressGCTransition]
    public static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "pipe2"), SuppressGCTransition]
    public static partial int CreatePipe(int* descriptors, int flags);

    [LibraryImport("libc", EntryPoint = "splice"), SuppressGCTransition]
    public static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    // glibc and musl both name it so.
    [LibraryImport("libc", EntryPoint = "__errno_location"), SuppressGCTransition]
    private static partial int* ErrorLocation();
}
