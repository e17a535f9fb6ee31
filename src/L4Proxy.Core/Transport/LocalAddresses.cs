using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport;

/// <summary>The source addresses of sockets to destinations, taken in turn. From any thread.</summary>
internal sealed class LocalAddresses(IReadOnlyList<IPAddress> addresses)
{
    private readonly IPAddress[] _ipv4 = [.. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork)];
    private readonly IPAddress[] _ipv6 = [.. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6)];
    private uint _turns;

    /// <summary>Those of a list; null where it has none.</summary>
    public static LocalAddresses? From(IReadOnlyList<string>? addresses) => addresses is { Count: > 0 } ? new([.. addresses.Select(IPAddress.Parse)]) : null;

    /// <summary>The next one to dial a peer of this family from; null where there is none, and the system chooses.</summary>
    public IPAddress? NextFor(AddressFamily family)
    {
        var those = family switch
        {
            AddressFamily.InterNetwork => _ipv4,
            AddressFamily.InterNetworkV6 => _ipv6,
            _ => [],
        };
        return those.Length == 0 ? null : those[(int)((Interlocked.Increment(ref _turns) - 1) % (uint)those.Length)];
    }
}
