using System.Net;
using L4Proxy.Addresses;
using L4Proxy.Configuration;

namespace L4Proxy.Limits;

/// <summary>Station admit: who may connect, by the real client's address. Deny wins; with an allow list, who is not on it is denied.</summary>
internal sealed class Firewall
{
    private readonly AddressRangeSet? _allow;
    private readonly AddressRangeSet _deny;

    private Firewall(L4Firewall? config)
    {
        _allow = config?.Allow is { } allow ? AddressRangeSet.Create(allow) : null;
        _deny = config?.Deny is { } deny ? AddressRangeSet.Create(deny) : AddressRangeSet.Empty;
    }

    /// <summary>Admits everyone.</summary>
    public static Firewall Open { get; } = new(null);

    /// <summary>Builds what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A text is neither an address nor a CIDR block.</exception>
    public static Firewall Create(L4Firewall? config) => config is null ? Open : new(config);

    /// <summary>Whether a client may connect.</summary>
    /// <param name="client">Its address; null if it has no IP address, and so can be on no list.</param>
    public bool Admits(IPAddress? client) => client is null
        ? _allow is null
        : !_deny.Contains(client) && _allow?.Contains(client) != false;
}
