using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>Says in the transport's words what a <see cref="SocketError"/> means.</summary>
internal static class SocketStatus
{
    public static TransportStatus From(SocketError error) => error switch
    {
        SocketError.Success => TransportStatus.Ok,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.ConnectionRefused
            or SocketError.Shutdown or SocketError.Disconnecting => TransportStatus.Reset,
        SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable
            or SocketError.HostDown or SocketError.NetworkDown => TransportStatus.Unreachable,
        SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket => TransportStatus.Aborted,
        SocketError.AddressNotAvailable => TransportStatus.NoLocalAddress,
        _ => TransportStatus.Failed,
    };

    /// <summary>Whether this process or machine has run out of something that comes back.</summary>
    public static bool IsExhaustion(SocketError error) => error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;
}
