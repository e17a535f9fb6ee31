using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Transport.Linux;

/// <summary>A bound <see cref="Socket"/> whose datagrams are moved by recvmsg(2) and sendmsg(2), which say and choose this side's address.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxDatagramSocket : DatagramSocket
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly DatagramReadiness _readiness;
    private readonly AddressFamily _family;
    private readonly DatagramAddress _bound;

    public LinuxDatagramSocket(Socket socket)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _readiness = new DatagramReadiness(socket);
        _family = socket.AddressFamily;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _bound = DatagramAddress.From(LocalEndPoint);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override ValueTask<DatagramStatus> WaitAsync() => _readiness.WaitAsync();

    public override DatagramStatus TryReceive(Span<byte> buffer, out DatagramInfo info)
    {
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var control = stackalloc byte[PacketInfo.MaxSize];
        fixed (byte* data = buffer)
        {
            var vector = new IoVector { Base = data, Length = (nuint)buffer.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)DatagramAddress.MaxSize,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = PacketInfo.MaxSize,
            };
            var status = Receive(&message, out var length);
            info = status == DatagramStatus.Ok ? Describe(&message, length, buffer.Length) : default;
            return status;
        }
    }

    public override DatagramStatus TrySend(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from)
    {
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var control = stackalloc byte[PacketInfo.MaxSize];
        var nameLength = SockAddr.Write(to, new(name, DatagramAddress.MaxSize), _family);
        if (nameLength == 0)
            return DatagramStatus.Failed;
        // Bound to one address, a socket sends from no other.
        var controlLength = _bound.IsUnspecified ? PacketInfo.Write(from, new(control, PacketInfo.MaxSize), _family) : 0;
        fixed (byte* data = datagram)
        {
            var vector = new IoVector { Base = data, Length = (nuint)datagram.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)nameLength,
                Vectors = &vector,
                VectorCount = 1,
                Control = controlLength == 0 ? null : control,
                ControlLength = (nuint)controlLength,
            };
            return Send(&message);
        }
    }

    public override void Update(in ListenOptions options) => LinuxDatagramTransport.SetBuffers(_socket, options);

    public override void Dispose()
    {
        _socket.Dispose();
        _readiness.Dispose();
    }

    private DatagramInfo Describe(MessageHeader* message, int length, int room)
    {
        SockAddr.TryRead(new(message->Name, (int)message->NameLength), out var client);
        var local = _bound.IsUnspecified
            ? PacketInfo.Read(new(message->Control, (int)message->ControlLength), _bound.Port)
            : _bound;
        return new(length, length > room, client, local);
    }

    private DatagramStatus Receive(MessageHeader* message, out int length)
    {
        length = 0;
        try
        {
            length = (int)LibC.ReceiveMessage(_handle, message, MessageFlags.DoNotWait | MessageFlags.Truncated);
            return length >= 0 ? DatagramStatus.Ok : Errno.Status(Marshal.GetLastPInvokeError());
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }

    private DatagramStatus Send(MessageHeader* message)
    {
        try
        {
            return LibC.SendMessage(_handle, message, MessageFlags.DoNotWait) >= 0
                ? DatagramStatus.Ok
                : Errno.Status(Marshal.GetLastPInvokeError());
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
    }
}
