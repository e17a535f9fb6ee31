using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// Room for a few datagrams of any length that one recvmmsg(2) brings. Outside the managed heap, and the system gives memory
/// only to the pages that datagrams have reached.
/// </summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Datagrams at once.</summary>
    public const int Capacity = 32;

    // Not a power of two: the beginnings of all slots would fall into the same few lines of the processor's caches.
    private const int SlotSize = DatagramSocket.LongestDatagram + 1 + 192;

    private readonly bool _withAddresses;
    private readonly byte* _data;
    private readonly MultiMessageHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private int _used = Capacity;

    /// <summary>An empty one.</summary>
    /// <param name="withAddresses">Whether it is to say whose they are.</param>
    public DatagramBatch(bool withAddresses)
    {
        _withAddresses = withAddresses;
        _data = (byte*)NativeMemory.Alloc(Capacity, SlotSize);
        _headers = (MultiMessageHeader*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MultiMessageHeader));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(IoVector));
        _names = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)DatagramAddress.MaxSize);
        _controls = (byte*)NativeMemory.AllocZeroed(Capacity, PacketInfo.MaxSize);
        for (var i = 0; i < Capacity; i++)
            _vectors[i] = new IoVector { Base = _data + ((nint)i * SlotSize), Length = DatagramSocket.LongestDatagram };
    }

    /// <summary>Receives what there is, without waiting. What was there before is gone.</summary>
    /// <returns>How many; less than <see cref="Capacity"/> is all there was. Negative: <see cref="Syscalls.Error"/> says why.</returns>
    public int Receive(int descriptor)
    {
        for (var i = 0; i < _used; i++)
            Prepare(i);
        var count = Syscalls.ReceiveMessages(descriptor, _headers, Capacity, MessageFlags.DoNotWait, timeout: null);
        _used = Math.Max(count, 0);
        return count;
    }

    /// <summary>Receives one, of a socket that is connected, without waiting. What was there before is gone.</summary>
    /// <returns>1, or negative: <see cref="Syscalls.Error"/> says why.</returns>
    public int ReceiveOne(int descriptor)
    {
        Prepare(0);
        var length = Syscalls.ReceiveMessage(descriptor, &_headers[0].Message, MessageFlags.DoNotWait);
        if (length < 0)
            return -1;
        _headers[0].Length = (uint)length;
        _used = Math.Max(_used, 1);
        return 1;
    }

    /// <summary>One of the datagrams.</summary>
    public ReadOnlySpan<byte> this[int index] => new(_vectors[index].Base, (int)_headers[index].Length);

    /// <summary>Whose it is.</summary>
    /// <param name="index">Which datagram.</param>
    /// <param name="bound">Where the socket is bound: one address, or all of this machine's.</param>
    public DatagramInfo InfoOf(int index, in DatagramAddress bound)
    {
        ref var message = ref _headers[index].Message;
        SockAddr.TryRead(new(message.Name, (int)message.NameLength), out var client);
        var local = bound.IsUnspecified ? PacketInfo.Read(new(message.Control, (int)message.ControlLength), bound.Port) : bound;
        return new(client, local);
    }

    /// <summary>The port that it was sent to, where the socket asks for that.</summary>
    public int PortOf(int index)
    {
        ref var message = ref _headers[index].Message;
        return OriginalDestination.ReadPort(new(message.Control, (int)message.ControlLength));
    }

    public void Dispose()
    {
        NativeMemory.Free(_data);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    /// <summary>The kernel has written over what says how much room there is.</summary>
    private void Prepare(int index)
    {
        ref var message = ref _headers[index].Message;
        message = default;
        message.Vectors = _vectors + index;
        message.VectorCount = 1;
        message.Control = _controls + (index * PacketInfo.MaxSize);
        message.ControlLength = PacketInfo.MaxSize;
        if (!_withAddresses)
            return;
        message.Name = _names + (index * DatagramAddress.MaxSize);
        message.NameLength = (uint)DatagramAddress.MaxSize;
    }
}
