using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport.Linux;

/// <summary>Addresses of stream sockets as the kernel reads and writes them: IP, and paths of Unix sockets.</summary>
internal static class SocketName
{
    /// <summary><c>sizeof(struct sockaddr_un)</c>, the longest.</summary>
    public const int MaxSize = 110;

    /// <summary>Writes an address.</summary>
    /// <returns>Its length.</returns>
    public static int Write(EndPoint endPoint, Span<byte> name)
    {
        if (endPoint is IPEndPoint ip)
            return SockAddr.Write(DatagramAddress.From(ip), name, ip.AddressFamily);
        var address = endPoint.Serialize();
        address.Buffer.Span[..address.Size].CopyTo(name);
        return address.Size;
    }

    /// <summary>A Unix socket that has no name, as that of one who dials.</summary>
    private static readonly EndPoint s_unnamed =
        new UnixDomainSocketEndPoint("/").Create(new SocketAddress(AddressFamily.Unix, sizeof(ushort)));

    /// <summary>Reads an address: of a Unix socket only that it is one.</summary>
    public static EndPoint Read(ReadOnlySpan<byte> name) =>
        SockAddr.TryRead(name, out var address) ? address.ToIPEndPoint() : s_unnamed;
}
