using System.Collections;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Limits;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;
using L4Proxy.StartTls;
using L4Proxy.Tls;
using L4Proxy.Transport;

namespace L4Proxy.Snapshot;

/// <summary>An endpoint as connections read it.</summary>
internal sealed class EndpointModel
{
    public required string Id { get; init; }

    public required L4Endpoint Config { get; init; }

    /// <summary>What it listens on; null on a Kestrel endpoint.</summary>
    public required EndpointUrl? Url { get; init; }

    /// <summary>Whether HTTP gets what no route takes.</summary>
    public bool IsShared => Url is null;

    public bool IsUdp => Url is { IsUdp: true };

    public required RouteTable Routes { get; init; }

    /// <summary>What first bytes are looked at for: by the routes, and where TLS ends here.</summary>
    public ProtocolSet Protocols => IsUdp ? Routes.Protocols & PrefaceParsers.OfDatagrams
        : PrefaceParsers.OfStreams & (EndsTls ? Routes.Protocols | PrefaceParsers.Tls : Routes.Protocols);

    /// <summary>The protocol in which clients are greeted, for their servers would speak first; null where nobody is.</summary>
    public StartTlsProtocol? Greeting => Url is null ? null : Routes.Greeting;

    /// <summary>Milliseconds.</summary>
    public required long PrefaceTimeout { get; init; }

    public required int MaxPrefaceBytes { get; init; }

    /// <summary>Whose PROXY headers are read.</summary>
    public ProxyHeaderPolicy ProxyProtocol { get; init; } = ProxyHeaderPolicy.Off;

    /// <summary>Who may connect.</summary>
    public Firewall Firewall { get; init; } = Firewall.Open;

    /// <summary>What its connections and flows are counted against; null where nothing is.</summary>
    public ConnectionLimit? Limit { get; init; }

    /// <summary>Those of every address; see <see cref="ListenOptionsAt"/>.</summary>
    public required ListenOptions ListenOptions { get; init; }

    /// <summary>The ports on which <c>0.0.0.0</c> is another endpoint's, so that <c>[::]</c> is IPv6 only here.</summary>
    public BitArray? IPv4Elsewhere { get; init; }

    /// <summary>How one of its addresses is set up.</summary>
    public ListenOptions ListenOptionsAt(EndPoint address) => address is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip
        && IPv4Elsewhere?[ip.Port] == true
        ? ListenOptions with { IPv6Only = true }
        : ListenOptions;

    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>How clients' TLS ends here, for a route; null where it passes through.</summary>
    public ServerTls? TlsFor(RouteModel route) => RouteTls.GetValueOrDefault(route) ?? Tls;

    /// <summary>How every client's TLS ends here (<c>tls://</c>), or null.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>The routes that terminate TLS here.</summary>
    public FrozenDictionary<RouteModel, ServerTls> RouteTls { get; init; } = FrozenDictionary<RouteModel, ServerTls>.Empty;

    /// <summary>Whether clients' TLS ends here, for every route or for some.</summary>
    public bool EndsTls => Tls is not null || RouteTls.Count > 0;

    /// <summary>UDP flows at once.</summary>
    public required int MaxSessions { get; init; }

    /// <summary>UDP flows at the moment; outlives a reload.</summary>
    public required FlowCount Flows { get; init; }
}
