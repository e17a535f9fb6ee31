using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>
/// An epoll instance, edge-triggered, with 64 bits of the caller's beside each descriptor. <c>struct epoll_event</c> is packed on
/// x86-64 (12 bytes) and not elsewhere (16).
/// </summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Capacity = 256;
    private const int Add = 1;
    private static readonly bool s_isPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int s_size = s_isPacked ? 12 : 16;
    private static readonly int s_dataOffset = s_isPacked ? 4 : 8;

    private readonly int _descriptor;
    private readonly byte* _events;

    public Epoll()
    {
        _descriptor = Syscalls.CreateEpoll(Syscalls.CloseOnExec);
        if (_descriptor < 0)
            throw StreamErrno.Exception(Syscalls.Error);
        _events = (byte*)NativeMemory.Alloc(Capacity, (nuint)s_size);
    }

    /// <summary>Watches a descriptor for everything that may happen to it.</summary>
    /// <returns>Whether it could: the kernel limits watches by user.</returns>
    public bool TryAdd(int descriptor, EpollEvents events, ulong data)
    {
        var item = stackalloc byte[16];
        *(uint*)item = (uint)(events | EpollEvents.EdgeTriggered);
        *(ulong*)(item + s_dataOffset) = data;
        return Syscalls.ControlEpoll(_descriptor, Add, descriptor, item) == 0;
    }

    /// <summary>Waits for events, or only looks for them.</summary>
    /// <returns>How many there are to <see cref="Read"/>.</returns>
    public int Wait(bool forEver)
    {
        var count = forEver
            ? Syscalls.WaitEpoll(_descriptor, _events, Capacity, -1)
            : Syscalls.PollEpoll(_descriptor, _events, Capacity, 0);
        return Math.Max(0, count); // EINTR: there was a signal.
    }

    public EpollEvents Read(int index, out ulong data)
    {
        var item = _events + (index * s_size);
        data = *(ulong*)(item + s_dataOffset);
        return (EpollEvents)(*(uint*)item);
    }

    public void Dispose()
    {
        _ = Syscalls.Close(_descriptor);
        NativeMemory.Free(_events);
    }
}
