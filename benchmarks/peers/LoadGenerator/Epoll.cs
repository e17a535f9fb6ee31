using System.Runtime.InteropServices;

namespace L4Proxy.LoadGenerator;

/// <summary>Which descriptors can be read, level-triggered.</summary>
internal sealed unsafe class Epoll
{
    private const int Add = 1;
    private const int Readable = 1;
    private const int Capacity = 256;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int s_size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int s_data = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly int _epoll = LibC.CreateEpoll(0);
    private readonly byte[] _items = new byte[Capacity * 16];

    /// <summary>Watches it until it is closed.</summary>
    public void Watch(int descriptor)
    {
        var item = stackalloc byte[16];
        *(int*)item = Readable;
        *(int*)(item + s_data) = descriptor;
        _ = LibC.ControlEpoll(_epoll, Add, descriptor, item);
    }

    /// <summary>Waits, and calls <paramref name="onReadable"/> for each.</summary>
    public void Wait(Action<int> onReadable)
    {
        int count;
        fixed (byte* items = _items)
            count = LibC.WaitEpoll(_epoll, items, Capacity, -1);
        for (var i = 0; i < count; i++)
            onReadable(BitConverter.ToInt32(_items, (i * s_size) + s_data));
    }
}
