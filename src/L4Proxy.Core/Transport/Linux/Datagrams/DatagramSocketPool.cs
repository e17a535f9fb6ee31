using System.Runtime.Versioning;
using L4Proxy.Limits;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// Sockets of flows that are over, for the next flows of one reactor, used by its thread alone: making one, having it watched
/// and closing it costs more than all that a short flow does with it. A socket that is kept has no port and hears nobody, and
/// with its next peer gets a port of its own, by the kernel's chance as ever.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class DatagramSocketPool(DescriptorBudget budget) : IDisposable
{
    private const int MostIdle = 64;
    private const int Inet = 2;
    private const int Inet6 = 10;
    private const int Datagram = 2;

    private static readonly Lazy<(int Receive, int Send)> s_usualBuffers = new(LearnUsualBuffers);

    private readonly Stack<Entry> _idleIPv4 = new();
    private readonly Stack<Entry> _idleIPv6 = new();

    /// <summary>A new socket, from any thread, to be given to <see cref="Close"/>.</summary>
    /// <param name="isIPv4">Its family.</param>
    /// <param name="options">Its buffers.</param>
    /// <param name="descriptor">Its descriptor.</param>
    /// <param name="error">What the kernel says where there is none.</param>
    public bool TryCreate(bool isIPv4, in DialOptions options, out int descriptor, out int error)
    {
        const int filesExhausted = 24;
        (descriptor, error) = (-1, filesExhausted);
        if (!budget.TryTake(1, leaving: 8))
            return false;
        descriptor = Open(isIPv4, options);
        if (descriptor >= 0)
            return true;
        error = Syscalls.Error;
        budget.Release(1);
        return false;
    }

    /// <summary>Closes one. On the reactor's thread.</summary>
    public void Close(int descriptor)
    {
        _ = Syscalls.Close(descriptor);
        budget.Release(1);
    }

    /// <summary>A socket that is watched and not connected.</summary>
    /// <param name="isIPv4">Its family.</param>
    /// <param name="descriptor">Its descriptor.</param>
    /// <param name="options">Its buffers.</param>
    /// <param name="slot">Its place at the reactor, where nobody owns it: <see cref="Reactor.Assign"/>.</param>
    /// <returns>Whether one was kept.</returns>
    public bool TryRent(bool isIPv4, in DialOptions options, out int descriptor, out int slot)
    {
        var entry = default(Entry);
        // A source address is kept by who was bound to it, and the next one takes its own.
        var any = options.From is null && Idle(isIPv4).TryPop(out entry);
        (descriptor, slot) = (entry.Descriptor, entry.Slot);
        // Another cluster's, or from before a reload.
        if (any && entry.Options != options)
        {
            SocketOptions.SetBuffers(
                descriptor, options.ReceiveBuffer ?? s_usualBuffers.Value.Receive, options.SendBuffer ?? s_usualBuffers.Value.Send);
        }
        return any;
    }

    /// <summary>Takes a socket back, if there is room and it holds nothing. The caller knows that it has had no error.</summary>
    /// <returns>False when it is not wanted, and the caller's to close.</returns>
    public bool TryReturn(bool isIPv4, in DialOptions options, int descriptor, int slot)
    {
        var idle = Idle(isIPv4);
        if (options.From is not null || _idleIPv4.Count + _idleIPv6.Count >= budget.MostIdle(MostIdle) || budget.IsShort || !TryDisconnect(descriptor))
            return false;
        idle.Push(new(descriptor, slot, options));
        return true;
    }

    public void Dispose()
    {
        foreach (var (descriptor, _, _) in _idleIPv4.Concat(_idleIPv6))
            Close(descriptor);
        _idleIPv4.Clear();
        _idleIPv6.Clear();
    }

    private Stack<Entry> Idle(bool isIPv4) => isIPv4 ? _idleIPv4 : _idleIPv6;

    /// <summary>connect(2) to AF_UNSPEC gives up peer, source address and port. Only then may the queue be looked at: nothing finds its way there any more.</summary>
    private static bool TryDisconnect(int descriptor)
    {
        const int size = 16; // struct sockaddr
        var unspecified = stackalloc byte[size];
        new Span<byte>(unspecified, size).Clear();
        if (Syscalls.Connect(descriptor, unspecified, size) != 0)
            return false;
        byte nothing;
        return Syscalls.Receive(descriptor, &nothing, 1, MessageFlags.DoNotWait) < 0 && Syscalls.Error == StreamErrno.Again;
    }

    private static int Open(bool isIPv4, in DialOptions options)
    {
        var descriptor = Syscalls.Socket(isIPv4 ? Inet : Inet6, Datagram | Syscalls.NonBlocking | Syscalls.CloseOnExec, 0);
        if (descriptor < 0)
            return descriptor;
        SocketOptions.ReceiveErrors(descriptor, isIPv4);
        SocketOptions.SetBuffers(descriptor, options.ReceiveBuffer, options.SendBuffer);
        if (options.ReceiveBuffer is null)
            SocketOptions.RaiseReceiveBuffer(descriptor, DialOptions.DatagramReceiveBuffer);
        return descriptor;
    }

    private static (int Receive, int Send) LearnUsualBuffers()
    {
        var descriptor = Open(isIPv4: true, default);
        var buffers = SocketOptions.GetBuffers(descriptor);
        _ = Syscalls.Close(descriptor);
        return buffers;
    }

    private readonly record struct Entry(int Descriptor, int Slot, DialOptions Options);
}
