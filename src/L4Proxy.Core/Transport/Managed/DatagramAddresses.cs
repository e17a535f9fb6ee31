using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace L4Proxy.Transport.Managed;

/// <summary>The addresses of this machine that stand behind a wildcard.</summary>
internal static class DatagramAddresses
{
    /// <summary>The address itself, or for <c>0.0.0.0</c> all of IPv4 and for <c>::</c> all there are.</summary>
    public static List<IPAddress> Behind(IPAddress address)
    {
        if (!IsWildcard(address))
            return [address];
        return
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses, (_, unicast) => unicast.Address)
                .Where(unicast => unicast.AddressFamily == AddressFamily.InterNetwork || address.Equals(IPAddress.IPv6Any))
                .Distinct(),
        ];
    }

    public static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
