using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// The C library's calls on datagram sockets. Each sets the last P/Invoke error, holds the descriptor so that it cannot be
/// closed and become another socket meanwhile, and throws <see cref="ObjectDisposedException"/> when it is closed already.
/// </summary>
internal static unsafe partial class LibC
{
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeSocketHandle socket, byte* buffer, nuint length, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeSocketHandle socket, byte* buffer, nuint length, MessageFlags flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeSocketHandle socket, byte* address, uint length);
}
