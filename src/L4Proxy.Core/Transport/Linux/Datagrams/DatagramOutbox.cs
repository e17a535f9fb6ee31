using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// Datagrams that wait for the end of their reactor's turn, to be sent by one sendmmsg(2) for as many as are in a row of one
/// socket, and as one message where they are a <see cref="DatagramRun"/>. One that cannot be sent holds up no other.
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
    private readonly DatagramRun[] _runs = new DatagramRun[Capacity];
    private readonly Waiting[] _waiting = new Waiting[Capacity];
    private int _messages;
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
        if (_messages > 0 && _runs[_messages - 1].TryJoin(descriptor, to, from, datagram.Length))
        {
            _vectors[_messages - 1].Length += (nuint)datagram.Length;
        }
        else if (!TryBegin(descriptor, family, datagram.Length, to, from))
        {
            sent(state, datagram.Length, DatagramStatus.Failed);
            return;
        }
        datagram.CopyTo(new(_data + _taken, Room - _taken));
        _taken += datagram.Length;
        _waiting[_count++] = new(datagram.Length, sent, state);
        if (_count == 1)
            _reactor.CallAtTurnEnd(static me => ((DatagramOutbox)me!).Flush(), this);
    }

    /// <summary>Sends everything.</summary>
    public void Flush()
    {
        if (_isFlushing)
            return;
        _isFlushing = true;
        try
        {
            for (var i = 0; i < _messages; i++)
                SetSegment(i);
            for (var first = 0; first < _messages;)
                first += SendSome(first);
        }
        finally
        {
            Array.Clear(_waiting, 0, _count);
            (_messages, _count, _taken, _isFlushing) = (0, 0, 0, false);
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_data);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    /// <summary>Begins a message; false where the socket has no such address.</summary>
    private bool TryBegin(int descriptor, AddressFamily family, int length, in DatagramAddress to, in DatagramAddress from)
    {
        var name = _names + (_messages * DatagramAddress.MaxSize);
        var nameLength = SockAddr.Write(to, new(name, DatagramAddress.MaxSize), family);
        if (nameLength == 0)
            return false;
        var control = _controls + (_messages * PacketInfo.MaxSize);
        var controlLength = PacketInfo.Write(from, new(control, PacketInfo.MaxSize), family);
        _vectors[_messages] = new IoVector { Base = _data + _taken, Length = (nuint)length };
        _headers[_messages].Message = new MessageHeader
        {
            Name = name,
            NameLength = (uint)nameLength,
            Vectors = _vectors + _messages,
            VectorCount = 1,
            Control = control,
            ControlLength = (nuint)controlLength,
        };
        _runs[_messages++] = new(descriptor, to, from, _count, length);
        return true;
    }

    /// <summary>Sends some messages of one socket.</summary>
    /// <returns>How many are done with.</returns>
    private int SendSome(int first)
    {
        var descriptor = _runs[first].Descriptor;
        var end = first + 1;
        while (end < _messages && _runs[end].Descriptor == descriptor)
            end++;
        // An error is of the first; of a later one the next call says it, as that one's first.
        var sent = Syscalls.SendMessages(descriptor, _headers + first, (uint)(end - first), MessageFlags.DoNotWait);
        if (sent > 0)
        {
            var last = _runs[first + sent - 1];
            Tell(_runs[first].First, last.First + last.Count, DatagramStatus.Ok);
            return sent;
        }
        var run = _runs[first];
        var status = DatagramErrno.Status(Syscalls.Error);
        // The path is narrower than a segment, or its device cannot cut.
        if (run.Count > 1 && status is DatagramStatus.Failed or DatagramStatus.TooLarge)
            SendSingly(first);
        else
            Tell(run.First, run.First + run.Count, status);
        return 1;
    }

    private void SetSegment(int index)
    {
        if (_runs[index].Count == 1)
            return;
        ref var message = ref _headers[index].Message;
        _runs[index].WriteControl(new(message.Control + message.ControlLength, DatagramRun.ControlSize));
        message.ControlLength += DatagramRun.ControlSize;
    }

    private void SendSingly(int index)
    {
        var run = _runs[index];
        _headers[index].Message.ControlLength -= DatagramRun.ControlSize;
        for (var i = run.First; i < run.First + run.Count; i++)
        {
            _vectors[index].Length = (nuint)_waiting[i].Length;
            var sent = Syscalls.SendMessages(run.Descriptor, _headers + index, 1, MessageFlags.DoNotWait);
            Tell(i, i + 1, sent > 0 ? DatagramStatus.Ok : DatagramErrno.Status(Syscalls.Error));
            _vectors[index].Base += _waiting[i].Length;
        }
    }

    private void Tell(int first, int end, DatagramStatus status)
    {
        foreach (ref readonly var item in _waiting.AsSpan(first, end - first))
            item.Sent(item.State, item.Length, status);
    }

    private readonly record struct Waiting(int Length, DatagramSent Sent, object State);
}
