using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>What is listened on.</summary>
internal static class EndpointShapes
{
    /// <summary><see cref="L4ProxyProtocolIn"/>.</summary>
    public static RecordShape<L4ProxyProtocolIn> ProxyProtocol { get; } = new(
    [
        new("Mode", new NameShape<L4ProxyProtocolMode>(L4ProxyProtocolMode.Off),
            r => r.Mode, (r, v) => r with { Mode = (L4ProxyProtocolMode)v }),
        new("Trusted", TextList, r => r.Trusted, (r, v) => r with { Trusted = (IReadOnlyList<string>)v }),
    ], shorthand: "Mode");

    /// <summary><see cref="L4ClientCertificate"/>.</summary>
    public static RecordShape<L4ClientCertificate> ClientCertificate { get; } = new(
    [
        new("Mode", new NameShape<L4ClientCertificateMode>(L4ClientCertificateMode.Off),
            r => r.Mode, (r, v) => r with { Mode = (L4ClientCertificateMode)v }),
        new("Ca", TextShape.Any, r => r.Ca, (r, v) => r with { Ca = (string)v }),
    ]);

    /// <summary><see cref="L4Endpoint"/>.</summary>
    public static RecordShape<L4Endpoint> Endpoint { get; } = new(
    [
        new("Url", TextShape.Any, r => r.Url, (r, v) => r with { Url = (string)v }),
        new("Mode", TextShape.Numeric, r => r.Mode, (r, v) => r with { Mode = (string)v }),
        new("Kestrel", TextShape.Any, r => r.Kestrel, (r, v) => r with { Kestrel = (string)v }),
        new("PrefaceTimeout", Duration("00:00:00.001", "00:10:00", "00:00:05"),
            r => r.PrefaceTimeout, (r, v) => r with { PrefaceTimeout = (TimeSpan)v }),
        new("MaxPrefaceBytes", new IntegerShape(64, 65536, 16384),
            r => r.MaxPrefaceBytes, (r, v) => r with { MaxPrefaceBytes = (int)v }),
        new("HandshakeTimeout", Duration("00:00:00.001", "00:10:00", "00:00:10"),
            r => r.HandshakeTimeout, (r, v) => r with { HandshakeTimeout = (TimeSpan)v }),
        new("ProxyProtocol", ProxyProtocol, r => r.ProxyProtocol, (r, v) => r with { ProxyProtocol = (L4ProxyProtocolIn)v }),
        new("Limits", AdmissionShapes.Limits, r => r.Limits, (r, v) => r with { Limits = (L4Limits)v }),
        new("Firewall", AdmissionShapes.Firewall, r => r.Firewall, (r, v) => r with { Firewall = (L4Firewall)v }),
        new("Certificates", new ListShape<L4Certificate>(AdmissionShapes.Certificate),
            r => r.Certificates, (r, v) => r with { Certificates = (IReadOnlyList<L4Certificate>)v }),
        new("ClientCertificate", ClientCertificate,
            r => r.ClientCertificate, (r, v) => r with { ClientCertificate = (L4ClientCertificate)v }),
        new("Alpn", TextList, r => r.Alpn, (r, v) => r with { Alpn = (IReadOnlyList<string>)v }),
        new("Backlog", new IntegerShape(1, 65535, 4096), r => r.Backlog, (r, v) => r with { Backlog = (int)v }),
        new("ReusePort", BooleanShape.False, r => r.ReusePort, (r, v) => r with { ReusePort = (bool)v }),
        new("KeepAlive", KeepAlive, r => r.KeepAlive, (r, v) => r with { KeepAlive = (TimeSpan)v }),
        new("ReceiveBuffer", SocketBuffer, r => r.ReceiveBuffer, (r, v) => r with { ReceiveBuffer = (int)v }),
        new("SendBuffer", SocketBuffer, r => r.SendBuffer, (r, v) => r with { SendBuffer = (int)v }),
        new("DrainTimeout", DrainTimeout, r => r.DrainTimeout, (r, v) => r with { DrainTimeout = (TimeSpan)v }),
    ]);
}
