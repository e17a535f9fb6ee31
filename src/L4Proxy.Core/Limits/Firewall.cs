using System.Net;
using L4Proxy.Addresses;

namespace L4Proxy.Limits;

/// <summary>Who may connect, by the real client's address. Deny wins; with an allow list, who is not on it is denied.</summary>
internal sealed class Firewall
{
    private readonly AddressRangeSet? _allow;
    private readonly AddressRangeSet _deny;

    private Firewall(AddressRangeSet? allow, AddressRangeSet? deny) => (_allow, _deny) = (allow, deny ?? AddressRangeSet.Empty);

    /// <summary>Admits everyone.</summary>
    public static Firewall Open { get; } = new(null, null);

    /// <summary>Of the two lists; null is not given.</summary>
    public static Firewall Create(AddressRangeSet? allow, AddressRangeSet? deny) => allow is null && deny is null ? Open : new(allow, deny);

    /// <summary>Whether a client may connect.</summary>
    /// <param name="client">Its address; null if it has no IP address, and so can be on no list.</param>
    public bool Admits(IPAddress? client) => client is null
        ? _allow is null
        : !_deny.Contains(client) && _allow?.Contains(client) != false;
}
