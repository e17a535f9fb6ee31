using System.Net;
using L4Proxy.Http;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api;

/// <summary>
/// Where the API is, so that no record leads its clients elsewhere: on the addresses that are its own nothing else is found by name, and wherever it shares a listener with other requests,
/// the hosts that it may be asked by are its own. Asked only when a record was found.
/// </summary>
internal sealed class ApiListeners
{
    private volatile L4ProxyApiOptions[] _served = [];

    /// <summary>The API is mapped once more.</summary>
    public void Add(L4ProxyApiOptions options) => _served = [.. _served, options];

    /// <summary>Whether a request is perhaps the API's.</summary>
    public bool Has(ConnectionInfo connection, ReadOnlySpan<char> host)
    {
        foreach (var options in _served)
        {
            if (IsAny(options.AllowedHosts, host) || IsAt(options.Addresses, connection))
                return true;
        }
        return false;
    }

    private static bool IsAny(IList<string> hosts, ReadOnlySpan<char> host)
    {
        foreach (var allowed in hosts)
        {
            if (host.Equals(allowed, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsAt(IList<IPEndPoint> addresses, ConnectionInfo connection) => addresses.Count > 0 && ClientAddress.Unmap(connection.LocalIpAddress) is { } local
        && addresses.Any(address => address.Port == connection.LocalPort && (address.Address.Equals(local) || IsEvery(address.Address)));

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
