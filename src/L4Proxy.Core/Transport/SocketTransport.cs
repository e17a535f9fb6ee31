using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport;

/// <summary>Makes listeners and connections of one kind: the seam between the stations and what moves the bytes.</summary>
internal abstract class SocketTransport
{
    // SO_REUSEPORT has no name in .NET, and SO_REUSEADDR alone does not let two listeners share a port.
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    /// <summary>Binds and listens: one listener for each thread that accepts, all at one address.</summary>
    /// <exception cref="SocketException">The address is in use, not of this machine, or not allowed.</exception>
    public IReadOnlyList<TransportListener> Listen(EndPoint endPoint, in ListenOptions options)
    {
        UnixSocketFile.RemoveIfDead(endPoint);
        var socket = TcpOptions.NewSocket(endPoint);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } v6)
                socket.DualMode = v6.Address.Equals(IPAddress.IPv6Any) && !options.IPv6Only;
            if (options.ReusePort)
                SharePort(socket);
            TcpOptions.Apply(socket, options);
            socket.Bind(endPoint);
            // Before it listens: until then nobody can connect.
            UnixSocketFile.SetMode(endPoint, options.Mode);
            var listeners = Listen(socket, options.Backlog);
            foreach (var listener in listeners.Skip(1))
                listener.Update(options);
            return listeners;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listens on a socket that is bound; it belongs to the listeners from then on.</summary>
    /// <exception cref="SocketException">It cannot; the socket is the caller's still.</exception>
    public abstract IReadOnlyList<TransportListener> Listen(Socket bound, int backlog);

    /// <summary>How many descriptors listening at an address takes.</summary>
    public abstract int DescriptorsAt(EndPoint endPoint);

    /// <summary>A socket to dial <paramref name="endPoint"/> with.</summary>
    /// <exception cref="SocketException">There is no descriptor left, or the address to dial from is not of this machine.</exception>
    public abstract TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options);

    /// <summary>Lets others listen on the same address, where the system can.</summary>
    public static void SharePort(Socket socket)
    {
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
    }
}
