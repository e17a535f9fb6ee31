using L4Proxy.Configuration.Reading;
using L4Proxy.Prefaces;
using L4Proxy.StartTls;

namespace L4Proxy.Explaining.Clients;

/// <summary>Makes the first bytes of imagined clients, for the parsers to read as they do a real one's.</summary>
internal static class ImaginedClients
{
    private const string Protocol = "protocol";

    // Of several that can say what they are told, the first one does.
    private static readonly ImaginedClient[] s_all =
    [
        new TlsClient(),
        new QuicClient(),
        new Http1Client(),
        new Http2Client(),
        new MqttClient(),
        new PostgresClient(),
        new SshClient(),
        new DnsClient(),
        new FixedClient("redis", "*1\r\n$4\r\nPING\r\n"u8),
        new FixedClient("rdp", [3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 0, 0]),
        new FixedClient("socks4", [4, 1, 0, 80, 192, 0, 2, 1, 0]),
        new FixedClient("socks5", [5, 1, 0]),
        new FixedClient("xmpp", "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' version='1.0'>"u8),
        new FixedClient("smtp", "EHLO client\r\n"u8),
        new FixedClient("imap", "a CAPABILITY\r\n"u8),
        new FixedClient("pop3", "CAPA\r\n"u8),
        new FixedClient("ldap", [0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]),
        new StartTlsClient(PostgresStartTls.Instance),
        new StartTlsClient(LdapStartTls.Instance),
        new StartTlsClient(SmtpStartTls.Instance),
        new StartTlsClient(ImapStartTls.Instance),
        new StartTlsClient(Pop3StartTls.Instance),
        new FixedClient("stun", [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], isOfDatagrams: true),
        new FixedClient("dtls", DtlsHello(), isOfStreams: false, isOfDatagrams: true),
        new FixedClient("wireguard", [1, 0, 0, 0, .. new byte[144]], isOfStreams: false, isOfDatagrams: true),
        new FixedClient("openvpn", [0, 14, 0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0], isOfDatagrams: true, lengthOfStreams: 2),
    ];

    /// <summary>What a client may be told to say.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. s_all.SelectMany(client => client.Keys).Append(Protocol).Distinct()];

    /// <summary>The first bytes of a connection: those that it gives, or those of what it says. Of UDP, each is a datagram.</summary>
    /// <exception cref="FormatException">It cannot be said.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> FirstBytesOf(L4ImaginedConnection connection)
    {
        if (connection.Says.Count == 0)
            return connection.FirstBytes;
        if (connection.FirstBytes.Count > 0)
            throw new FormatException($"The first bytes are given, and so is what is said in them: {string.Join(", ", connection.Says.Keys.Select(Quote.Text))}.");
        return [Find(connection).Write(new ImaginedWords(connection.Says), connection.IsUdp)];
    }

    private static ImaginedClient Find(L4ImaginedConnection connection)
    {
        var told = connection.Says.Keys.Where(key => key != Protocol).ToList();
        if (told.Find(key => !Keys.Contains(key)) is { } unknown)
            throw new FormatException($"Nothing is known of {Quote.Text(unknown)}. What may be said: {string.Join(", ", Keys)}.");
        var named = connection.Says.GetValueOrDefault(Protocol);
        if (named is not null && !PrefaceParsers.TryFind(named, out _))
            throw new FormatException($"There is no protocol {Quote.Text(named)}{NearestName.Hint(named, PrefaceParsers.All.Select(parser => parser.Name))}");
        return Array.Find(s_all, client => (named is null || client.Protocol == named) && (connection.IsUdp ? client.IsOfDatagrams : client.IsOfStreams)
            && told.TrueForAll(key => client.Keys.Contains(key))) ?? throw new FormatException(WhyNone(connection.IsUdp, named, told));
    }

    private static string WhyNone(bool isUdp, string? named, List<string> told)
    {
        var over = isUdp ? "UDP" : "TCP";
        return named is null ? $"No protocol over {over} says {string.Join(" and ", told)} together."
            : told.Count == 0 ? $"What a client of {named} sends first over {over} is not known here; give it with 'bytes' or 'pcap'."
            : $"A client of {named} over {over} does not say {string.Join(" and ", told)}.";
    }

    /// <summary>The smallest hello of DTLS 1.2 (RFC 6347 section 4.2.2).</summary>
    private static byte[] DtlsHello()
    {
        byte[] body = [0xfe, 0xfd, .. new byte[32], 0, 0, 0, 2, 0xc0, 0x2b, 1, 0];
        byte[] length = [0, 0, (byte)body.Length];
        byte[] message = [1, .. length, 0, 0, 0, 0, 0, .. length, .. body];
        return [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)message.Length, .. message];
    }
}
