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

    private ProxyHeaderPolicy(L4ProxyProtocolIn? config, AddressRangeSet? trusted)
    {
        Mode = L4ProxyProtocolIn.Keys.Mode.Of(config);
        _trusted = trusted ?? AddressRangeSet.Empty;
        _trustsUnixPeers = config?.Trusted?.Contains(UnixPeers) == true;
    }

    /// <summary>Reads none.</summary>
    public static ProxyHeaderPolicy Off { get; } = new(null, null);

    public L4ProxyProtocolMode Mode { get; }

    /// <summary>Of what is configured.</summary>
    /// <param name="config">The configuration, or null.</param>
    /// <param name="trusted">The ranges of its <c>Trusted</c>.</param>
    public static ProxyHeaderPolicy Create(L4ProxyProtocolIn? config, AddressRangeSet? trusted) => config is null ? Off : new(config, trusted);

    /// <summary>Whether a header of this peer's is believed.</summary>
    public bool Trusts(EndPoint? peer) => peer switch
    {
        IPEndPoint ip => _trusted.Contains(ip.Address),
        UnixDomainSocketEndPoint => _trustsUnixPeers,
        _ => false,
    };
}
