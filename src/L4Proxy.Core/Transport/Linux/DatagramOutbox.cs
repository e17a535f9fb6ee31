using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// Datagrams that wait for the end of their reactor's turn, to be sent by one sendmmsg(2) for as many as are in a row of one
/// socket. One that cannot be sent holds up no other.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class DatagramOutbox : IDisposable
{
    private const int Capacity = 64;
    private const int Room = 2 * (DatagramSocket.LongestDatagram + 1);

    private readonly Reactor _reactor;
    private readonly byte* _data;
    private readonly MultiMessageHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly Waiting[] _waiting = new Waiting[Capacity];
    private int _count;
    private int _taken;
    private bool _isFlushing;

    public DatagramOutbox(Reactor reactor)
    {
        _reactor = reactor;
        _data = (byte*)NativeMemory.Alloc(Room);
        _headers = (MultiMessageHeader*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MultiMessageHeader));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(IoVector));
        _names = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)DatagramAddress.MaxSize);
        _controls = (byte*)NativeMemory.AllocZeroed(Capacity, PacketInfo.MaxSize);
    }

    /// <summary>Takes a copy; sends what waits first where there is no room for it.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="family">The socket's.</param>
    /// <param name="datagram">What is to be sent.</param>
    /// <param name="to">Where to.</param>
    /// <param name="from">Where from; unspecified is the system's choice.</param>
    /// <param name="sent">Told once.</param>
    /// <param name="state">What it is given.</param>
    public void Add(
        int descriptor, AddressFamily family, ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from, DatagramSent sent,
        object state)
    {
        if (datagram.Length > DatagramSocket.LongestDatagram)
        {
            sent(state, datagram.Length, DatagramStatus.TooLarge);
            return;
        }
        if (_count == Capacity || Room - _taken < datagram.Length)
            Flush();
        var name = _names + (_count * DatagramAddress.MaxSize);
        var nameLength = SockAddr.Write(to, new(name, DatagramAddress.MaxSize), family);
        if (nameLength == 0)
        {
            sent(state, datagram.Length, DatagramStatus.Failed);
            return;
        }
        var control = _controls + (_count * PacketInfo.MaxSize);
        var controlLength = PacketInfo.Write(from, new(control, PacketInfo.MaxSize), family);
        datagram.CopyTo(new(_data + _taken, Room - _taken));
        _vectors[_count] = new IoVector { Base = _data + _taken, Length = (nuint)datagram.Length };
        _headers[_count].Message = new MessageHeader
        {
            Name = name,
            NameLength = (uint)nameLength,
            Vectors = _vectors + _count,
            VectorCount = 1,
            Control = controlLength == 0 ? null : control,
            ControlLength = (nuint)controlLength,
        };
        _taken += datagram.Length;
        _waiting[_count++] = new(descriptor, datagram.Length, sent, state);
        if (_count == 1)
            _reactor.CallAtTurnEnd(static me => ((DatagramOutbox)me!).Flush(), this);
    }

    /// <summary>Sends everything.</summary>
    public void Flush()
    {
        if (_isFlushing)
            return;
        _isFlushing = true;
        for (var first = 0; first < _count;)
            first += SendSome(first);
        Array.Clear(_waiting, 0, _count);
        (_count, _taken, _isFlushing) = (0, 0, false);
    }

    public void Dispose()
    {
        NativeMemory.Free(_data);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    /// <summary>Sends some of one socket.</summary>
    /// <returns>How many are done with.</returns>
    private int SendSome(int first)
    {
        var descriptor = _waiting[first].Descriptor;
        var end = first + 1;
        while (end < _count && _waiting[end].Descriptor == descriptor)
            end++;
        // An error is of the first; of a later one the next call says it, as that one's first.
        var sent = Syscalls.SendMessages(descriptor, _headers + first, (uint)(end - first), MessageFlags.DoNotWait);
        var status = sent > 0 ? DatagramStatus.Ok : Errno.Status(Syscalls.Error);
        var done = Math.Max(sent, 1);
        foreach (ref readonly var item in _waiting.AsSpan(first, done))
            item.Sent(item.State, item.Length, status);
        return done;
    }

    private readonly record struct Waiting(int Descriptor, int Length, DatagramSent Sent, object State);
}
