using System.Net;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Kestrel;

/// <summary>The addresses that Kestrel binds for a <c>Url</c> under <c>Kestrel:Endpoints</c>.</summary>
internal static class KestrelUrl
{
    private const string Localhost = "localhost";

    /// <summary>Both loopback addresses for <c>localhost</c>, IPv6 and IPv4 for any host that is not an address.</summary>
    /// <param name="url">As in the configuration.</param>
    /// <returns>Empty for what is not TCP or not a URL.</returns>
    public static IReadOnlyList<IPEndPoint> AddressesOf(string? url)
    {
        if (Parse(url) is not { IsUnixPipe: false, IsNamedPipe: false } address)
            return [];
        if (IsLocalhost(address.Host))
            return [new(IPAddress.Loopback, address.Port), new(IPAddress.IPv6Loopback, address.Port)];
        if (IPAddress.TryParse(address.Host, out var ip))
            return [new(ip, address.Port)];
        return [new(IPAddress.IPv6Any, address.Port), new(IPAddress.Any, address.Port)];
    }

    /// <summary>Whether Kestrel takes the host for both loopback addresses.</summary>
    public static bool IsLocalhost(string host) =>
        host.Equals(Localhost, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + Localhost, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null for what is not a URL.</summary>
    public static BindingAddress? Parse(string? url)
    {
        try
        {
            return string.IsNullOrEmpty(url) ? null : BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
