using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>Says in the transport's words what a <see cref="SocketError"/> of a datagram socket means.</summary>
internal static class DatagramError
{
    public static DatagramStatus Status(SocketError error) => error switch
    {
        SocketError.Success => DatagramStatus.Ok,
        SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => DatagramStatus.WouldBlock,
        SocketError.MessageSize => DatagramStatus.TooLarge,
        // Windows calls ICMP port unreachable a reset.
        SocketError.ConnectionRefused or SocketError.ConnectionReset => DatagramStatus.Refused,
        // AccessDenied is ICMPv6 "administratively prohibited", ProtocolOption is ICMP "protocol unreachable".
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.NetworkReset or SocketError.TimedOut or SocketError.AccessDenied
            or SocketError.ProtocolOption => DatagramStatus.Unreachable,
        SocketError.TooManyOpenSockets => DatagramStatus.Exhausted,
        SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket => DatagramStatus.Closed,
        SocketError.AddressNotAvailable => DatagramStatus.NoLocalAddress,
        _ => DatagramStatus.Failed,
    };
}
