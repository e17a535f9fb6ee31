using System.Net;
using System.Net.Sockets;
using L4Proxy.Addresses;
using L4Proxy.Configuration;

namespace L4Proxy.ProxyProtocol;

/// <summary>Whether an endpoint reads PROXY headers, and whose.</summary>
internal sealed class ProxyHeaderPolicy
{
    /// <summary>The entry of <c>Trusted</c> that stands for peers on Unix sockets.</summary>
    public const string UnixPeers = "unix:";

    private readonly AddressRangeSet _trusted;
    private readonly bool _trustsUnixPeers;

    private ProxyHeaderPolicy(L4ProxyProtocolIn? config)
    {
        var trusted = config?.Trusted ?? [];
        Mode = L4ProxyProtocolIn.Keys.Mode.Of(config);
        _trusted = AddressRangeSet.Create(trusted.Where(entry => entry != UnixPeers));
        _trustsUnixPeers = trusted.Contains(UnixPeers);
    }

    /// <summary>Reads none.</summary>
    public static ProxyHeaderPolicy Off { get; } = new(null);

    public L4ProxyProtocolMode Mode { get; }

    /// <summary>Builds what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">An entry of <c>Trusted</c> has no valid form.</exception>
    public static ProxyHeaderPolicy Create(L4ProxyProtocolIn? config) => config is null ? Off : new(config);

    /// <summary>Whether a header of this peer's is believed.</summary>
    public bool Trusts(EndPoint? peer) => peer switch
    {
        IPEndPoint ip => _trusted.Contains(ip.Address),
        UnixDomainSocketEndPoint => _trustsUnixPeers,
        _ => false,
    };
}
