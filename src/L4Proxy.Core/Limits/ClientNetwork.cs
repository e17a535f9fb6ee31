using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Limits;

/// <summary>
/// What is one client to a limit: an IPv4 address, or a /64 of IPv6, which a subscriber has for himself (RFC 6177) and can fill with as many addresses
/// as he likes.
/// </summary>
internal readonly record struct ClientNetwork
{
    // Of this process: who can send from any address of IPv6 must not know which of them fall together.
    private static readonly ulong s_factor = ((ulong)Random.Shared.NextInt64() << 1) | 1;

    private readonly ulong _bits;

    private ClientNetwork(ulong bits) => _bits = bits;

    /// <summary>That of an address.</summary>
    public static ClientNetwork Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return new(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return address.IsIPv4MappedToIPv6
            ? new(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..length]))
            // 0000::/32 is nobody's (RFC 4291), so that it is no IPv4 address.
            : new(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>One of so many parts, evenly.</summary>
    public int Part(int parts) => (int)((uint)GetHashCode() % (uint)parts);

    public override int GetHashCode() => (int)((_bits * s_factor) >> 32);
}
