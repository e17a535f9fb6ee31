using System.Globalization;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>What the parsers say of what real programs sent is what tshark says of it.</summary>
public class DissectorTests
{
    /// <summary>Where a protocol lives, and what tshark calls it.</summary>
    private static readonly Dictionary<string, (int Port, string Name)> s_protocols = new(StringComparer.Ordinal)
    {
        ["tls"] = (443, "tls"),
        ["http"] = (80, "http"),
        ["http http2"] = (80, "http2"),
        ["ssh"] = (22, "ssh"),
        ["mqtt"] = (1883, "mqtt"),
        ["postgres"] = (5432, "pgsql"),
        ["redis"] = (6379, "resp"),
        ["rdp"] = (3389, "cotp"), // Without a cookie it sees no more in it.
        ["socks4"] = (1080, "socks"),
        ["socks5"] = (1080, "socks"),
        ["xmpp"] = (5222, "xmpp"),
        ["smtp"] = (25, "smtp"),
        ["imap"] = (143, "imap"),
        ["pop3"] = (110, "pop"),
        ["ldap"] = (389, "ldap"),
        ["dns"] = (53, "dns"),
        ["stun"] = (3478, "stun"),
        ["dtls"] = (4433, "dtls"),
        ["wireguard"] = (51820, "wg"),
        ["openvpn"] = (1194, "openvpn"),
        ["quic"] = (443, "quic"),
    };

    private static readonly string[] s_fields =
    [
        "frame.protocols", "tls.handshake.extensions_server_name", "tls.handshake.extensions_alpn_str", "mqtt.clientid", "mqtt.username", "mqtt.ver",
        "ssh.protocol", "dns.qry.name", "dns.qry.type", "pgsql.parameter_name", "pgsql.parameter_value",
    ];

    private static readonly Lazy<IReadOnlyList<string[]>> s_seen = new(() => Dissector.Read([.. PrefaceCorpus.All.Select(one => (one, s_protocols[one.Protocol].Port))], s_fields));

    public static TheoryData<int> All => [.. Enumerable.Range(0, PrefaceCorpus.All.Count)];

    [Theory, MemberData(nameof(All))]
    public void Both_say_the_same(int index)
    {
        Assert.SkipUnless(Dissector.IsInstalled, "tshark is not installed.");
        var one = PrefaceCorpus.All[index];
        string Seen(string field) => s_seen.Value[index][Array.IndexOf(s_fields, field)];
        var content = (one.IsDatagram ? AllParsers.InspectDatagram(one.Bytes) : AllParsers.Inspect(one.Bytes)).Content;

        Assert.True(Seen("frame.protocols").Split(':').Contains(s_protocols[one.Protocol].Name), $"{one}: {Seen("frame.protocols")}");
        switch (content)
        {
            // The one of Debian 12 knows version 2 of QUIC by a draft's number.
            case ClientHello when one.Client == "rfc9369":
                break;
            case ClientHello hello:
                Assert.Equal(Seen("tls.handshake.extensions_server_name"), hello.ServerName ?? "");
                Assert.Equal(Seen("tls.handshake.extensions_alpn_str"), string.Join(',', hello.Alpn));
                break;
            case MqttConnect connect:
                Assert.Equal((Seen("mqtt.clientid"), Seen("mqtt.username")), (connect.ClientId, connect.UserName ?? ""));
                Assert.Equal(Seen("mqtt.ver"), connect.Version switch { "3.1" => "3", "3.1.1" => "4", _ => "5" });
                break;
            case SshIdentification identification:
                Assert.StartsWith($"SSH-{identification.Version}-{identification.Software}", Seen("ssh.protocol"));
                break;
            case DnsQuery query:
                Assert.Equal(Seen("dns.qry.name").ToLowerInvariant().Replace("<Root>", ".", StringComparison.OrdinalIgnoreCase), query.Name);
                Assert.Equal(int.Parse(Seen("dns.qry.type"), CultureInfo.InvariantCulture), DnsNumber(query.Type));
                break;
            case PostgresStartup { User: { } user } startup:
                Assert.Equal("user,database,application_name", Seen("pgsql.parameter_name"));
                Assert.StartsWith($"{user},{startup.Database},", Seen("pgsql.parameter_value"));
                break;
        }
    }

    private static int DnsNumber(string type) => type switch
    {
        "A" => 1,
        "NS" => 2,
        "AAAA" => 28,
        "HTTPS" => 65,
        "AXFR" => 252,
        _ => int.Parse(type.AsSpan(4), CultureInfo.InvariantCulture),
    };
}
