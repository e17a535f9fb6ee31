using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Prefaces;

/// <summary>Every protocol that is recognised.</summary>
internal static class PrefaceParsers
{
    /// <summary>In the order of <see cref="ProtocolSet"/>'s bits: at most 64.</summary>
    public static IReadOnlyList<PrefaceParser> All { get; } =
    [
        // Before the plain one, which then need not read it a second time.
        new FingerprintedTlsPreface(),
        new TlsPreface(),
        new HttpRequestPreface(),
        new HttpPreface(),
        new Http2Preface(),
        new SshPreface(),
        new MqttPreface(),
        new PostgresPreface(),
        new RedisPreface(),
        new RdpPreface(),
        new Socks4Preface(),
        new Socks5Preface(),
        new XmppPreface(),
        new SmtpPreface(),
        new ImapPreface(),
        new Pop3Preface(),
        new LdapPreface(),
        new DnsPreface(),
        new StunPreface(),
        new DtlsPreface(),
        new WireGuardPreface(),
        new OpenVpnPreface(),
        new QuicPreface(),
    ];

    /// <summary>TLS alone.</summary>
    public static ProtocolSet Tls { get; } = ProtocolSet.Of(All.OfType<TlsPreface>().Single());

    /// <summary>TLS, also for whoever wants the fingerprint of the hello.</summary>
    public static ProtocolSet AnyTls { get; } = Tls | ProtocolSet.Of(All.OfType<FingerprintedTlsPreface>().Single());

    /// <summary>HTTP/1, and HTTP/2 with prior knowledge, for whoever wants the first request.</summary>
    public static ProtocolSet WithHttpRequest { get; } = ProtocolSet.Of(All.OfType<HttpRequestPreface>().Single());

    /// <summary>MQTT alone.</summary>
    public static ProtocolSet Mqtt { get; } = ProtocolSet.Of(All.OfType<MqttPreface>().Single());

    /// <summary>PostgreSQL alone.</summary>
    public static ProtocolSet Postgres { get; } = ProtocolSet.Of(All.OfType<PostgresPreface>().Single());

    /// <summary>SMTP alone.</summary>
    public static ProtocolSet Smtp { get; } = ProtocolSet.Of(All.OfType<SmtpPreface>().Single());

    /// <summary>IMAP alone.</summary>
    public static ProtocolSet Imap { get; } = ProtocolSet.Of(All.OfType<ImapPreface>().Single());

    /// <summary>POP3 alone.</summary>
    public static ProtocolSet Pop3 { get; } = ProtocolSet.Of(All.OfType<Pop3Preface>().Single());

    /// <summary>LDAP alone.</summary>
    public static ProtocolSet Ldap { get; } = ProtocolSet.Of(All.OfType<LdapPreface>().Single());

    /// <summary>SSH alone.</summary>
    public static ProtocolSet Ssh { get; } = ProtocolSet.Of(All.OfType<SshPreface>().Single());

    /// <summary>DNS alone.</summary>
    public static ProtocolSet Dns { get; } = ProtocolSet.Of(All.OfType<DnsPreface>().Single());

    /// <summary>QUIC alone.</summary>
    public static ProtocolSet Quic { get; } = ProtocolSet.Of(All.OfType<QuicPreface>().Single());

    /// <summary>Those that begin with a ClientHello, which has the server name.</summary>
    public static ProtocolSet WithClientHello { get; } = Tls | Quic;

    /// <summary>The same, for whoever wants the fingerprint of the hello.</summary>
    public static ProtocolSet WithFingerprint { get; } = WithClientHello & ~Tls | ProtocolSet.Of(All.OfType<FingerprintedTlsPreface>().Single());

    /// <summary>Those that a stream may begin with.</summary>
    public static ProtocolSet OfStreams { get; } = Those(parser => parser.IsOfStreams);

    /// <summary>Those that a datagram may be one of.</summary>
    public static ProtocolSet OfDatagrams { get; } = Those(parser => parser.IsOfDatagrams);

    /// <summary>Those that say it in several datagrams.</summary>
    public static ProtocolSet OfSeveralDatagrams { get; } = Those(parser => parser.GoesOnInOtherDatagrams);

    /// <summary>Finds one by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out PrefaceParser? parser) =>
        (parser = All.FirstOrDefault(parser => parser.Name == name && !parser.IsForMore)) is not null;

    private static ProtocolSet Those(Predicate<PrefaceParser> are) =>
        All.Aggregate(default(ProtocolSet), (all, parser) => are(parser) ? all | ProtocolSet.Of(parser) : all);
}
