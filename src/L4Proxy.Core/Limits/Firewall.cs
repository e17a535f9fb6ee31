using System.Net;
using L4Proxy.Addresses;

namespace L4Proxy.Limits;

/// <summary>Who may connect, by the real client's address. Deny wins; with an allow list, who is not on it is denied.</summary>
internal sealed class Firewall
{
    private readonly AddressList? _allow;
    private readonly AddressList? _deny;

    private Firewall(AddressList? allow, AddressList? deny) => (_allow, _deny) = (allow, deny);

    /// <summary>Admits everyone.</summary>
    public static Firewall Open { get; } = new(null, null);

    /// <summary>Of the two lists; null is not given.</summary>
    public static Firewall Create(AddressRangeSet? allow, AddressRangeSet? deny, AddressListFile? allowFile = null, AddressListFile? denyFile = null)
    {
        var (allowed, denied) = (AddressList.Create(allow, allowFile), AddressList.Create(deny, denyFile));
        return allowed is null && denied is null ? Open : new(allowed, denied);
    }

    /// <summary>Whether a client may connect.</summary>
    /// <param name="client">Its address; null if it has no IP address, and so can be on no list.</param>
    public bool Admits(IPAddress? client) => client is null
        ? _allow is null
        : _deny?.Contains(client) != true && _allow?.Contains(client) != false;
}
