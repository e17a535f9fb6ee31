using System.Net.Sockets;
using L4Proxy.Configuration;

namespace L4Proxy.Destinations.Resolution;

/// <summary>Leaves only the addresses of one family of what a name has.</summary>
internal static class AddressFamilyLookup
{
    /// <summary>The look-up; a name that has addresses and none of the family has none.</summary>
    public static AddressLookup Only(this AddressLookup lookup, L4AddressFamily family) => family == L4AddressFamily.Any ? lookup : async host =>
    {
        var addresses = await lookup(host);
        var those = Array.FindAll(addresses, address => family.Takes(address.AddressFamily));
        return those.Length > 0 || addresses.Length == 0 ? those : throw new SocketException((int)SocketError.NoData, family.NoAddress());
    };

    /// <summary>What is said of a name that has none of the family.</summary>
    public static string NoAddress(this L4AddressFamily family) => $"The name has no {family} address.";

    /// <summary>Whether addresses of a family are used.</summary>
    public static bool Takes(this L4AddressFamily wanted, AddressFamily family) => wanted switch
    {
        L4AddressFamily.IPv4 => family == AddressFamily.InterNetwork,
        L4AddressFamily.IPv6 => family == AddressFamily.InterNetworkV6,
        _ => true,
    };
}
