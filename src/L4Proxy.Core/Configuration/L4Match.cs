namespace L4Proxy.Configuration;

/// <summary>
/// What a connection must be like: lists are OR, fields are AND. An empty match matches everything; an empty list is an
/// error, since it could match nothing.
/// </summary>
public sealed record L4Match
{
    /// <summary>
    /// Server names of the TLS hello: exact, <c>*.suffix</c> (any number of labels, never the suffix itself), <c>{name}.suffix</c>
    /// (exactly one label, captured), <c>{**name}.suffix</c> (one or more), <c>*</c> (any name), or the empty text for TLS without a
    /// name. Case, a trailing dot and the spelling of international names do not matter.
    /// </summary>
    public IReadOnlyList<string>? Sni { get; init; }

    /// <summary>Anchored, non-backtracking regular expressions over the server name; named groups are captures.</summary>
    public IReadOnlyList<string>? SniRegex { get; init; }

    /// <summary>ALPN protocols, any of which the client offers.</summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>TLS versions, any of which the client offers.</summary>
    /// <value><c>1.0</c>, <c>1.1</c>, <c>1.2</c> or <c>1.3</c>.</value>
    public IReadOnlyList<string>? TlsVersions { get; init; }

    /// <summary>JA4 fingerprints of the TLS hello.</summary>
    public IReadOnlyList<string>? Ja4 { get; init; }

    /// <summary>
    /// Protocols recognised by the client's first bytes: <c>tls</c>, <c>http</c>, <c>http2</c>, <c>ssh</c>, <c>postgres</c>,
    /// <c>mysql</c>, <c>mqtt</c>, <c>redis</c>, <c>rdp</c>, <c>socks4</c>, <c>socks5</c>, <c>xmpp</c>, <c>smtp</c>; for UDP
    /// <c>quic</c>, <c>dns</c>, <c>dtls</c>, <c>stun</c>, <c>wireguard</c>, <c>openvpn</c>.
    /// </summary>
    public IReadOnlyList<string>? Protocols { get; init; }

    /// <summary>Hosts of a plaintext HTTP request, in the syntax of <see cref="Sni"/>.</summary>
    public IReadOnlyList<string>? Host { get; init; }

    /// <summary>Path prefixes of a plaintext HTTP request, compared ordinally.</summary>
    public IReadOnlyList<string>? Path { get; init; }

    /// <summary>The start-up message of PostgreSQL.</summary>
    public L4PostgresMatch? Postgres { get; init; }

    /// <summary>The CONNECT packet of MQTT.</summary>
    public L4MqttMatch? Mqtt { get; init; }

    /// <summary>A DNS query.</summary>
    public L4DnsMatch? Dns { get; init; }

    /// <summary>The banner of an SSH client.</summary>
    public L4SshMatch? Ssh { get; init; }

    /// <summary>Addresses or CIDR blocks of the real client; a bare address is that one.</summary>
    public IReadOnlyList<string>? ClientAddresses { get; init; }

    /// <summary>Addresses or CIDR blocks that the client connected to: of the socket, whatever a PROXY header says.</summary>
    public IReadOnlyList<string>? LocalAddresses { get; init; }

    /// <summary>Ports or ranges that the client connected to, of the socket, as <c>443</c> or <c>"8000-8099"</c>.</summary>
    public IReadOnlyList<string>? LocalPorts { get; init; }

    /// <summary>The PROXY header that came first. Only where the endpoint's <see cref="L4Endpoint.ProxyProtocol"/> reads one.</summary>
    public L4ProxyProtocolMatch? ProxyProtocol { get; init; }

    /// <summary>The client's raw first bytes.</summary>
    public IReadOnlyList<L4BytesMatch>? Bytes { get; init; }

    /// <summary>When the route applies.</summary>
    public L4Schedule? Schedule { get; init; }

    /// <summary>What the connection must not be like.</summary>
    public L4Match? Not { get; init; }

    /// <summary>Matches of which at least one must hold.</summary>
    public IReadOnlyList<L4Match>? AnyOf { get; init; }

    /// <summary>The application's own matchers, by their name in DI, with their settings.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Custom { get; init; }
}
