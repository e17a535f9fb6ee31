using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// One thing that is listened on: an own listener (<see cref="Url"/>), or a Kestrel endpoint that L4 routes share with HTTP
/// (<see cref="Kestrel"/>). With neither, it is the one that <c>UseL4Proxy("id")</c> in code names.
/// </summary>
public sealed record L4Endpoint
{
    /// <summary>
    /// What to listen on: <c>tcp://host:port</c>, <c>udp://host:port</c>, <c>tls://host:port</c> (terminates TLS), <c>unix:/path</c>
    /// or <c>fd:NAME</c> (inherited). The host is <c>*</c> (every address, IPv4 and IPv6), <c>localhost</c>, an IPv4 address or an
    /// <c>[IPv6]</c> address (<c>[::]</c> takes IPv4 too, unless another endpoint has <c>0.0.0.0</c> on the same port); the port is one, 0 for a
    /// free one, or a range such as <c>10000-10099</c>.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>Who may connect to a <c>unix:</c> endpoint: the mode of its file, as <c>chmod</c> takes it. Whoever may write to it may connect.</summary>
    /// <value>Three octal digits, perhaps with a 0 before them, as in <c>0660</c>. Default: what the umask of the process leaves of <c>0777</c>.</value>
    public string? Mode { get; init; }

    /// <summary>The name of an endpoint under <c>Kestrel:Endpoints</c> whose port is shared with HTTP.</summary>
    public string? Kestrel { get; init; }

    /// <summary>How long the client's first bytes are waited for, where a route needs them. Then the best route that needs no more is taken.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes; silent clients hold a connection for so long. Default: 5 seconds.</value>
    public TimeSpan? PrefaceTimeout { get; init; }

    /// <summary>How many first bytes are read to choose a route, and a certificate where TLS ends here, as nginx's <c>preread_buffer_size</c>.</summary>
    /// <value>Bytes, 64 to 65536; below 4096 hellos with post-quantum keys are not recognised. Default: 16384.</value>
    public int? MaxPrefaceBytes { get; init; }

    /// <summary>How long a TLS handshake with the client may take.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 10 seconds.</value>
    public TimeSpan? HandshakeTimeout { get; init; }

    /// <summary>Whether a PROXY header is read from clients. A text is short for its <see cref="L4ProxyProtocolIn.Mode"/>.</summary>
    public L4ProxyProtocolIn? ProxyProtocol { get; init; }

    /// <summary>Limits on connections and rates.</summary>
    /// <value>Default: none.</value>
    public L4Limits? Limits { get; init; }

    /// <summary>Who may connect.</summary>
    /// <value>Default: everyone.</value>
    public L4Firewall? Firewall { get; init; }

    /// <summary>Certificates for terminated TLS, chosen by the name that the client asks for; the first is the default.</summary>
    public IReadOnlyList<L4Certificate>? Certificates { get; init; }

    /// <summary>Whether clients of terminated TLS must show a certificate.</summary>
    public L4ClientCertificate? ClientCertificate { get; init; }

    /// <summary>ALPN protocols that clients of terminated TLS may choose, best first.</summary>
    /// <value>Default: none; `h2` and `http/1.1` where a route leads to HTTP.</value>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>Connections that the kernel queues before they are accepted; Linux cuts it to <c>net.core.somaxconn</c>. Only with <see cref="Url"/>.</summary>
    /// <value>Connections, 1 to 65535. Default: 4096.</value>
    public int? Backlog { get; init; }

    /// <summary>Whether another process may listen on the same port (<c>SO_REUSEPORT</c>). Only with <see cref="Url"/>.</summary>
    /// <value>Default: false.</value>
    public bool? ReusePort { get; init; }

    /// <summary>Silence after which TCP keep-alive probes the client (<c>TCP_KEEPIDLE</c>). Only with <see cref="Url"/>.</summary>
    /// <value>Duration, 1 second to 09:06:07; 0 is off; 32767 seconds are the kernel's most. Default: 1 minute.</value>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary><c>SO_RCVBUF</c> of client connections; turns the kernel's own tuning off. Only with <see cref="Url"/>.</summary>
    /// <value>Bytes, 1024 to 1073741824. Default: the system's.</value>
    public int? ReceiveBuffer { get; init; }

    /// <summary><c>SO_SNDBUF</c> of client connections; turns the kernel's own tuning off. Only with <see cref="Url"/>.</summary>
    /// <value>Bytes, 1024 to 1073741824. Default: the system's.</value>
    public int? SendBuffer { get; init; }

    /// <summary>How long connections may go on once the endpoint is removed; then they are cut, busy or not, unless it has come back.</summary>
    /// <value>Duration, 0 to 1 day; 0 cuts them at once. Default: 30 seconds.</value>
    public TimeSpan? DrainTimeout { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Endpoint());

        public static readonly Key<L4Endpoint, string> Url = new(Shape, AnyText, r => r.Url, (r, v) => r with { Url = v });
        public static readonly Key<L4Endpoint, string> Mode = new(Shape, NumericText, r => r.Mode, (r, v) => r with { Mode = v })
            { Note = "Three octal digits, perhaps with a 0 before them, as in `0660`", Otherwise = "what the umask of the process leaves of `0777`" };
        public static readonly Key<L4Endpoint, string> Kestrel = new(Shape, AnyText, r => r.Kestrel, (r, v) => r with { Kestrel = v });
        public static readonly DefaultedKey<L4Endpoint, TimeSpan> PrefaceTimeout = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(5),
            r => r.PrefaceTimeout, (r, v) => r with { PrefaceTimeout = v }) { Note = "silent clients hold a connection for so long" };
        public static readonly DefaultedKey<L4Endpoint, int> MaxPrefaceBytes = new(Shape, Whole(64, 65536), 16384,
            r => r.MaxPrefaceBytes, (r, v) => r with { MaxPrefaceBytes = v }) { Unit = "Bytes", Note = "below 4096 hellos with post-quantum keys are not recognised" };
        public static readonly DefaultedKey<L4Endpoint, TimeSpan> HandshakeTimeout = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(10),
            r => r.HandshakeTimeout, (r, v) => r with { HandshakeTimeout = v });
        public static readonly Key<L4Endpoint, L4ProxyProtocolIn> ProxyProtocol = new(Shape, L4ProxyProtocolIn.Keys.Shape,
            r => r.ProxyProtocol, (r, v) => r with { ProxyProtocol = v });
        public static readonly Key<L4Endpoint, L4Limits> Limits = new(Shape, L4Limits.Keys.Shape, r => r.Limits, (r, v) => r with { Limits = v }) { Otherwise = "none" };
        public static readonly Key<L4Endpoint, L4Firewall> Firewall = new(Shape, L4Firewall.Keys.Shape, r => r.Firewall, (r, v) => r with { Firewall = v })
            { Otherwise = "everyone" };
        public static readonly Key<L4Endpoint, IReadOnlyList<L4Certificate>> Certificates = new(Shape, new ListShape<L4Certificate>(L4Certificate.Keys.Shape, SaysNothing),
            r => r.Certificates, (r, v) => r with { Certificates = v });
        public static readonly Key<L4Endpoint, L4ClientCertificate> ClientCertificate = new(Shape, L4ClientCertificate.Keys.Shape,
            r => r.ClientCertificate, (r, v) => r with { ClientCertificate = v });
        public static readonly Key<L4Endpoint, IReadOnlyList<string>> Alpn = new(Shape, AlpnList, r => r.Alpn, (r, v) => r with { Alpn = v })
            { Otherwise = "none; `h2` and `http/1.1` where a route leads to HTTP" };
        public static readonly DefaultedKey<L4Endpoint, int> Backlog = new(Shape, Whole(1, 65535), 4096, r => r.Backlog, (r, v) => r with { Backlog = v })
            { Unit = "Connections" };
        public static readonly DefaultedKey<L4Endpoint, bool> ReusePort = new(Shape, TrueOrFalse, false, r => r.ReusePort, (r, v) => r with { ReusePort = v });
        public static readonly DefaultedKey<L4Endpoint, TimeSpan> KeepAlive = new(Shape, KeepAliveTime, TimeSpan.FromMinutes(1),
            r => r.KeepAlive, (r, v) => r with { KeepAlive = v }) { Note = "32767 seconds are the kernel's most" };
        public static readonly Key<L4Endpoint, int> ReceiveBuffer = new(Shape, BufferSize, r => r.ReceiveBuffer, (r, v) => r with { ReceiveBuffer = v })
            { Unit = "Bytes", Otherwise = "the system's" };
        public static readonly Key<L4Endpoint, int> SendBuffer = new(Shape, BufferSize, r => r.SendBuffer, (r, v) => r with { SendBuffer = v })
            { Unit = "Bytes", Otherwise = "the system's" };
        public static readonly DefaultedKey<L4Endpoint, TimeSpan> DrainTimeout = new(Shape, Duration("00:00:00", "1.00:00:00"), TimeSpan.FromSeconds(30),
            r => r.DrainTimeout, (r, v) => r with { DrainTimeout = v }) { Note = "0 cuts them at once" };
    }
}
