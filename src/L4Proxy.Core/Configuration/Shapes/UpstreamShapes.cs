using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>What is spoken to destinations.</summary>
internal static class UpstreamShapes
{
    /// <summary><see cref="L4ProxyProtocolOut"/>.</summary>
    public static RecordShape<L4ProxyProtocolOut> ProxyProtocol { get; } = new(
    [
        new("Version", new NameShape<L4ProxyProtocolVersion>(),
            r => r.Version, (r, v) => r with { Version = (L4ProxyProtocolVersion)v }),
        new("Tlvs", new ListShape<L4ProxyProtocolTlv>(new NameShape<L4ProxyProtocolTlv>()),
            r => r.Tlvs, (r, v) => r with { Tlvs = (IReadOnlyList<L4ProxyProtocolTlv>)v }),
        new("Datagrams", new NameShape<L4ProxyProtocolDatagrams>(L4ProxyProtocolDatagrams.First),
            r => r.Datagrams, (r, v) => r with { Datagrams = (L4ProxyProtocolDatagrams)v }),
    ], shorthand: "Version");

    /// <summary><see cref="L4UpstreamTls"/>.</summary>
    public static RecordShape<L4UpstreamTls> Tls { get; } = new(
    [
        new("ServerName", TextShape.Any, r => r.ServerName, (r, v) => r with { ServerName = (string)v }),
        new("Ca", TextShape.Any, r => r.Ca, (r, v) => r with { Ca = (string)v }),
        new("ClientCertificate", AdmissionShapes.Certificate,
            r => r.ClientCertificate, (r, v) => r with { ClientCertificate = (L4Certificate)v }),
        new("SkipVerify", BooleanShape.False, r => r.SkipVerify, (r, v) => r with { SkipVerify = (bool)v }),
        new("Alpn", TextList, r => r.Alpn, (r, v) => r with { Alpn = (IReadOnlyList<string>)v }),
    ]);

    /// <summary><see cref="L4Http"/>.</summary>
    public static RecordShape<L4Http> Http { get; } = new(
    [
        new("Protocol", new NameShape<L4HttpProtocol>(L4HttpProtocol.Http1, lowerCase: true),
            r => r.Protocol, (r, v) => r with { Protocol = (L4HttpProtocol)v }),
        new("Timeout", Duration("00:00:00.001", "1.00:00:00", "00:01:40"), r => r.Timeout, (r, v) => r with { Timeout = (TimeSpan)v }),
    ]);

    /// <summary><see cref="L4Udp"/>.</summary>
    public static RecordShape<L4Udp> Udp { get; } = new(
    [
        new("Responses", new IntegerShape(0, 1_000_000), r => r.Responses, (r, v) => r with { Responses = (int)v }),
        new("MaxDatagram", new IntegerShape(1, 65527, 65507), r => r.MaxDatagram, (r, v) => r with { MaxDatagram = (int)v }),
        new("Affinity", new NameShape<L4UdpAffinity>(L4UdpAffinity.SourceIpPort),
            r => r.Affinity, (r, v) => r with { Affinity = (L4UdpAffinity)v }),
    ]);

    /// <summary><see cref="L4Socket"/>.</summary>
    public static RecordShape<L4Socket> Socket { get; } = new(
    [
        new("LocalAddresses", TextList, r => r.LocalAddresses, (r, v) => r with { LocalAddresses = (IReadOnlyList<string>)v }),
        new("KeepAlive", KeepAlive, r => r.KeepAlive, (r, v) => r with { KeepAlive = (TimeSpan)v }),
        new("UserTimeout", DurationOrOff("00:00:00.001", "1.00:00:00"), r => r.UserTimeout, (r, v) => r with { UserTimeout = (TimeSpan)v }),
        new("AddressFamily", new NameShape<L4AddressFamily>(L4AddressFamily.Any),
            r => r.AddressFamily, (r, v) => r with { AddressFamily = (L4AddressFamily)v }),
        new("ReceiveBuffer", SocketBuffer, r => r.ReceiveBuffer, (r, v) => r with { ReceiveBuffer = (int)v }),
        new("SendBuffer", SocketBuffer, r => r.SendBuffer, (r, v) => r with { SendBuffer = (int)v }),
    ]);
}
