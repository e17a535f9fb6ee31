namespace L4Proxy.Configuration;

/// <summary>One thing that is listened on: an own listener, or a Kestrel endpoint that L4 routes share with HTTP.</summary>
public sealed record L4Endpoint
{
    /// <summary><c>tcp://</c>, <c>udp://</c>, <c>tls://</c>, <c>unix:/path</c> or <c>fd:NAME</c>; host <c>*</c>, <c>localhost</c>, an IPv4 or <c>[IPv6]</c> address; a port or a range.</summary>
    public string? Url { get; init; }

    /// <summary>The name of an endpoint under <c>Kestrel:Endpoints</c> whose port is shared with HTTP.</summary>
    public string? Kestrel { get; init; }

    /// <summary>How long the client's first bytes are waited for. Null: 5 seconds.</summary>
    public TimeSpan? PrefaceTimeout { get; init; }

    /// <summary>How many first bytes are read to choose a route. Null: 16384.</summary>
    public int? MaxPrefaceBytes { get; init; }

    /// <summary>How long a TLS handshake with the client may take. Null: 10 seconds.</summary>
    public TimeSpan? HandshakeTimeout { get; init; }

    /// <summary>Whether a PROXY header is read from the client.</summary>
    public L4ProxyProtocolIn? ProxyProtocol { get; init; }

    /// <summary>Limits on connections and rates.</summary>
    public L4Limits? Limits { get; init; }

    /// <summary>Who may connect.</summary>
    public L4Firewall? Firewall { get; init; }

    /// <summary>Certificates for terminated TLS; the first is the default.</summary>
    public IReadOnlyList<L4Certificate>? Certificates { get; init; }

    /// <summary>Whether clients must show a certificate.</summary>
    public L4ClientCertificate? ClientCertificate { get; init; }

    /// <summary>ALPN protocols offered to clients of terminated TLS.</summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>Connections that the kernel queues. Null: 4096.</summary>
    public int? Backlog { get; init; }

    /// <summary>Whether another process may listen on the same port (SO_REUSEPORT). Null: false.</summary>
    public bool? ReusePort { get; init; }

    /// <summary>TCP keep-alive time of client connections; zero turns it off. Null: 60 seconds.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>SO_RCVBUF in bytes. Null: the system's.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>SO_SNDBUF in bytes. Null: the system's.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>How long connections may go on once the endpoint is removed. Null: 30 seconds.</summary>
    public TimeSpan? DrainTimeout { get; init; }
}
