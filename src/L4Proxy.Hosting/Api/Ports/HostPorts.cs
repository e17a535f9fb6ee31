using System.Net;
using System.Net.Sockets;
using L4Proxy.Kestrel;
using L4Proxy.Listening;

namespace L4Proxy.Api.Ports;

/// <summary>What of this machine listens on a port already: found by trying to bind, and named by what Linux tells.</summary>
internal sealed class HostPorts(OwnListeners own, KestrelListeners kestrel)
{
    /// <summary>Whether a port is free on every address of this machine at the moment.</summary>
    public static bool IsFree(PortProtocol protocol, int port) => CanBind(protocol, new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));

    /// <summary>Who holds an address, in words; null where nobody does but this proxy itself.</summary>
    public string? FindHolder(PortProtocol protocol, IPEndPoint wanted)
    {
        if (CanBind(protocol, wanted))
            return null;
        if (OperatingSystem.IsLinux())
            return FindOnLinux(protocol, wanted);
        return KestrelAt(protocol, wanted) ?? (IsHeldByUs(protocol, wanted) ? null : "another program of this machine");
    }

    /// <summary>Whether two addresses are the same to the kernel; <c>[::]</c> may be every IPv4 address as well.</summary>
    public static bool Overlap(IPEndPoint one, IPEndPoint other) => one.Port == other.Port
        && (one.Address.Equals(other.Address) || Takes(one.Address, other.Address) || Takes(other.Address, one.Address));

    private static bool Takes(IPAddress any, IPAddress address) =>
        any.Equals(IPAddress.IPv6Any) || (any.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork);

    private static bool CanBind(PortProtocol protocol, IPEndPoint address)
    {
        try
        {
            using var socket = protocol == PortProtocol.Udp ? new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            return true;
        }
        catch (SocketException e)
        {
            // Whatever else is in the way is said by who listens there in the end.
            return e.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }

    private string? FindOnLinux(PortProtocol protocol, IPEndPoint wanted)
    {
        foreach (var (address, inode) in ListeningSockets.Find(protocol, wanted.Port).Where(socket => Overlap(socket.Address, wanted)))
        {
            var isOurs = SocketProcess.IsOurs(inode);
            if (isOurs && KestrelAt(protocol, address) is { } http)
                return http;
            // A UDP endpoint that is removed keeps its socket while it has flows, and who comes next takes it over.
            if (isOurs && (protocol == PortProtocol.Udp || IsHeldByUs(protocol, address)))
                continue;
            return $"{(isOurs ? $"other code of this process (pid {Environment.ProcessId})" : SocketProcess.Find(inode) ?? "a process of another user")}, which listens on {address}";
        }
        // Only a connection of this machine's own has it: it ends, and until then the endpoint tries.
        return null;
    }

    private string? KestrelAt(PortProtocol protocol, IPEndPoint address) =>
        protocol == PortProtocol.Tcp && kestrel.Open.Select(listener => listener.Bound).OfType<IPEndPoint>().FirstOrDefault(bound => Overlap(bound, address)) is { } bound
            ? $"Kestrel of this app, which listens on {bound}" : null;

    private bool IsHeldByUs(PortProtocol protocol, IPEndPoint address) =>
        own.Addresses.Any(listener => listener.Error is null && IsOf(listener, protocol) && listener.EndPoint is IPEndPoint bound && Overlap(bound, address));

    private static bool IsOf(OwnAddress listener, PortProtocol protocol) => listener.Text.StartsWith("udp:", StringComparison.Ordinal) == (protocol == PortProtocol.Udp);
}
