using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// What a connection must be like: lists are OR, fields are AND. An empty match matches everything; an empty list is an
/// error, since it could match nothing.
/// </summary>
public sealed record L4Match
{
    /// <summary>
    /// Server names of the hello of TLS, or over UDP of QUIC (with <c>quic</c> in <see cref="Protocols"/>): exact, <c>*.suffix</c>
    /// (any number of labels, never the suffix itself), <c>{name}.suffix</c> (exactly one label, captured), <c>{**name}.suffix</c>
    /// (one or more), <c>*</c> (any name), or the empty text for a hello without a name. Case, a trailing dot and the spelling of
    /// international names do not matter.
    /// </summary>
    public IReadOnlyList<string>? Sni { get; init; }

    /// <summary>Anchored, non-backtracking regular expressions over the server name; named groups are captures.</summary>
    public IReadOnlyList<string>? SniRegex { get; init; }

    /// <summary>ALPN protocols, any of which the client offers.</summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>TLS versions, any of which the client offers.</summary>
    /// <value><c>1.0</c>, <c>1.1</c>, <c>1.2</c> or <c>1.3</c>.</value>
    public IReadOnlyList<string>? TlsVersions { get; init; }

    /// <summary>
    /// JA4 fingerprints of the hello of TLS, or over UDP of QUIC, as <c>t13d1516h2_8daaf6152771_02713d6af862</c>; <c>*</c> anywhere stands for any characters,
    /// as in <c>t13d*_8daaf6152771_*</c>.
    /// </summary>
    public IReadOnlyList<string>? Ja4 { get; init; }

    /// <summary>
    /// Protocols recognised by the client's first bytes: <c>tls</c>, <c>http</c>, <c>http2</c>, <c>ssh</c>, <c>postgres</c>,
    /// <c>mysql</c>, <c>mqtt</c>, <c>redis</c>, <c>rdp</c>, <c>socks4</c>, <c>socks5</c>, <c>xmpp</c>, <c>smtp</c>, <c>imap</c>,
    /// <c>pop3</c>, <c>ldap</c>; for UDP
    /// <c>quic</c>, <c>dtls</c>, <c>wireguard</c>; for both <c>dns</c>, <c>stun</c>, <c>openvpn</c>.
    /// </summary>
    public IReadOnlyList<string>? Protocols { get; init; }

    /// <summary>
    /// Hosts of the first request of a plaintext HTTP client, HTTP/1 or HTTP/2 with prior knowledge, in the syntax of <see cref="Sni"/> and without a port;
    /// also IP addresses. The empty text is a request that names none.
    /// </summary>
    public IReadOnlyList<string>? Host { get; init; }

    /// <summary>
    /// What the path of that request begins with, compared ordinally, without its query and with its percent-encoding and dot segments undone: <c>/a</c> also takes
    /// <c>/abc</c>, <c>/a/</c> only what is below.
    /// </summary>
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

    /// <summary>
    /// The client's raw first bytes, behind a PROXY header; over UDP those of a flow's first datagram. Any of the list must be there. Where TLS ends here, they are
    /// those of TLS.
    /// </summary>
    public IReadOnlyList<L4BytesMatch>? Bytes { get; init; }

    /// <summary>When the route applies. A connection that is there goes on when that ends.</summary>
    public L4Schedule? Schedule { get; init; }

    /// <summary>What the connection must not be like: it holds, too, where what would tell has not come within <c>PrefaceTimeout</c>.</summary>
    public L4Match? Not { get; init; }

    /// <summary>Matches of which at least one must hold. It is one condition, as specific on a name as the least specific of them.</summary>
    public IReadOnlyList<L4Match>? AnyOf { get; init; }

    /// <summary>
    /// The application's own matchers (<see cref="IL4ConnectionMatcher"/>), by name, with their settings: all of them must say yes. Over TCP only. They are asked last,
    /// where everything else holds.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Custom { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Match());

        public static readonly Key<L4Match, IReadOnlyList<string>> Sni = new(Shape, MatchTexts, r => r.Sni, (r, v) => r with { Sni = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> SniRegex = new(Shape, MatchTexts, r => r.SniRegex, (r, v) => r with { SniRegex = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> Alpn = new(Shape, MatchTexts, r => r.Alpn, (r, v) => r with { Alpn = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> TlsVersions = new(Shape, MatchNumbers, r => r.TlsVersions, (r, v) => r with { TlsVersions = v })
            { Note = "`1.0`, `1.1`, `1.2` or `1.3`" };
        public static readonly Key<L4Match, IReadOnlyList<string>> Ja4 = new(Shape, MatchTexts, r => r.Ja4, (r, v) => r with { Ja4 = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> Protocols = new(Shape, MatchTexts, r => r.Protocols, (r, v) => r with { Protocols = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> Host = new(Shape, MatchTexts, r => r.Host, (r, v) => r with { Host = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> Path = new(Shape, MatchTexts, r => r.Path, (r, v) => r with { Path = v });
        public static readonly Key<L4Match, L4PostgresMatch> Postgres = new(Shape, L4PostgresMatch.Keys.Shape, r => r.Postgres, (r, v) => r with { Postgres = v });
        public static readonly Key<L4Match, L4MqttMatch> Mqtt = new(Shape, L4MqttMatch.Keys.Shape, r => r.Mqtt, (r, v) => r with { Mqtt = v });
        public static readonly Key<L4Match, L4DnsMatch> Dns = new(Shape, L4DnsMatch.Keys.Shape, r => r.Dns, (r, v) => r with { Dns = v });
        public static readonly Key<L4Match, L4SshMatch> Ssh = new(Shape, L4SshMatch.Keys.Shape, r => r.Ssh, (r, v) => r with { Ssh = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> ClientAddresses = new(Shape, MatchTexts, r => r.ClientAddresses, (r, v) => r with { ClientAddresses = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> LocalAddresses = new(Shape, MatchTexts, r => r.LocalAddresses, (r, v) => r with { LocalAddresses = v });
        public static readonly Key<L4Match, IReadOnlyList<string>> LocalPorts = new(Shape, MatchNumbers, r => r.LocalPorts, (r, v) => r with { LocalPorts = v });
        public static readonly Key<L4Match, L4ProxyProtocolMatch> ProxyProtocol = new(Shape, L4ProxyProtocolMatch.Keys.Shape,
            r => r.ProxyProtocol, (r, v) => r with { ProxyProtocol = v });
        public static readonly Key<L4Match, IReadOnlyList<L4BytesMatch>> Bytes = new(Shape, new ListShape<L4BytesMatch>(L4BytesMatch.Keys.Shape, MatchesNothing),
            r => r.Bytes, (r, v) => r with { Bytes = v });
        public static readonly Key<L4Match, L4Schedule> Schedule = new(Shape, L4Schedule.Keys.Shape, r => r.Schedule, (r, v) => r with { Schedule = v });
        public static readonly Key<L4Match, L4Match> Not = new(Shape, Shape, r => r.Not, (r, v) => r with { Not = v });
        public static readonly Key<L4Match, IReadOnlyList<L4Match>> AnyOf = new(Shape, new ListShape<L4Match>(Shape, MatchesNothing),
            r => r.AnyOf, (r, v) => r with { AnyOf = v });
        public static readonly Key<L4Match, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> Custom = new(
            Shape, new MapShape<IReadOnlyDictionary<string, string>>(TextMap), r => r.Custom, (r, v) => r with { Custom = v });
    }
}
