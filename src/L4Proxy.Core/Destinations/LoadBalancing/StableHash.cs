using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// The same number for the same bytes in every process, so that gateways agree without talking: FNV-1a, and the finalizer of MurmurHash3, which
/// spreads a change of one bit over all of them.
/// </summary>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const int AddressBytes = 16;

    /// <summary>Of bytes, beginning with what came before them.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong hash = Offset)
    {
        foreach (var value in bytes)
            hash = (hash ^ value) * Prime;
        return Mix(hash);
    }

    /// <summary>Of a text.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Offset;
        foreach (var value in text)
            hash = (hash ^ value) * Prime;
        return Mix(hash);
    }

    /// <summary>Of an address, which is the same however the socket writes it, and perhaps of its port.</summary>
    public static ulong Of(IPEndPoint client, bool withPort)
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        client.Address.TryWriteBytes(bytes, out var length);
        var address = bytes[..length];
        if (client.AddressFamily == AddressFamily.InterNetworkV6 && client.Address.IsIPv4MappedToIPv6)
            address = address[^4..];
        var hash = Of(address);
        return withPort ? Mix(hash ^ (uint)client.Port) : hash;
    }

    /// <summary>Every bit of the answer depends on every bit of <paramref name="hash"/>.</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
