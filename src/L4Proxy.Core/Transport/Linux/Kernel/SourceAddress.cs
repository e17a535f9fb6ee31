using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// Gives a socket that is to be connected its source address, and no port: connect(2) chooses one that is free towards that peer
/// (IP_BIND_ADDRESS_NO_PORT, ip(7)), where bind(2) would take it from all others.
/// </summary>
internal static unsafe class SourceAddress
{
    // Of IPv6, too.
    private const int IP = 0;
    private const int BindAddressNoPort = 24;

    /// <summary>Binds a descriptor.</summary>
    /// <returns>False where it cannot; errno says why.</returns>
    public static bool TryBind(int descriptor, IPAddress address)
    {
        var on = 1;
        _ = Syscalls.SetOption(descriptor, IP, BindAddressNoPort, &on, sizeof(int));
        var name = stackalloc byte[SocketName.MaxSize];
        var length = SockAddr.Write(DatagramAddress.From(new(address, 0)), new(name, SocketName.MaxSize), address.AddressFamily);
        return Syscalls.Bind(descriptor, name, (uint)length) == 0;
    }

    /// <summary>Binds a socket of .NET's.</summary>
    /// <exception cref="SocketException">The address is not of this machine.</exception>
    public static void Bind(Socket socket, IPAddress address)
    {
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(IP, BindAddressNoPort, BitConverter.GetBytes(1));
        socket.Bind(new IPEndPoint(address, 0));
    }
}
