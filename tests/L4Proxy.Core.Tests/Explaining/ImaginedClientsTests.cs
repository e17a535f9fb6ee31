using System.Security.Authentication;
using L4Proxy.Explaining.Clients;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Explaining;

/// <summary>What imagined clients say is what the parsers read of it.</summary>
public class ImaginedClientsTests
{
    public static TheoryData<string, bool> Protocols =>
    [
        .. PrefaceParsers.All.Where(parser => parser.IsOfStreams).Select(parser => (parser.Name, false)),
        .. PrefaceParsers.All.Where(parser => parser.IsOfDatagrams).Select(parser => (parser.Name, true)),
    ];

    /// <summary>A new protocol needs a line in <see cref="ImaginedClients"/>.</summary>
    [Theory]
    [MemberData(nameof(Protocols))]
    public void Of_each_protocol_there_is_one_and_nobody_else_takes_it(string protocol, bool isUdp)
    {
        var info = Inspect(isUdp, $"protocol={protocol}");

        // What HTTP/2 begins with is a request line of HTTP/1.
        Assert.Equal(protocol == "http2" ? "http http2" : protocol, info.Recognised.ToString());
        Assert.True(info.Pending.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hello(bool isUdp)
    {
        var hello = Assert.IsType<ClientHello>(Inspect(isUdp, "sni=Bücher.Example.", "alpn=h2,http/1.1").Content);

        Assert.Equal("xn--bcher-kva.example", hello.ServerName);
        Assert.Equal(["h2", "http/1.1"], hello.Alpn);
        Assert.Equal(isUdp ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13, hello.Versions);
    }

    [Fact]
    public void A_hello_without_a_name_and_one_with_what_is_no_name()
    {
        var hello = Assert.IsType<ClientHello>(Inspect(false, "sni=", "tls=1.2").Content);
        Assert.Equal((null, false, SslProtocols.Tls12), (hello.ServerName, hello.ServerNameInvalid, hello.Versions));

        Assert.True(Assert.IsType<ClientHello>(Inspect(false, "sni=10.0.0.1").Content).ServerNameInvalid);
    }

    [Fact]
    public void Mqtt()
    {
        Assert.Equal(new MqttConnect("3.1.1", "sensor-1", null), Inspect(false, "mqtt.clientid=sensor-1").Content);
        Assert.Equal(new MqttConnect("3.1", "", "plant 7"), Inspect(false, "mqtt.username=plant 7", "mqtt.version=3.1").Content);
        Assert.Equal(new MqttConnect("5", new string('x', 300), "ü"), Inspect(false, "mqtt.version=5", $"mqtt.clientid={new string('x', 300)}", "mqtt.username=ü").Content);
    }

    [Fact]
    public void Postgres()
    {
        Assert.Equal(new PostgresStartup("StartupMessage", "alice", "shop"), Inspect(false, "postgres.user=alice", "postgres.database=shop").Content);
        Assert.Equal(new PostgresStartup("StartupMessage", "alice", "alice"), Inspect(false, "postgres.user=alice").Content);
    }

    [Fact]
    public void Ssh_and_dns()
    {
        Assert.Equal("OpenSSH_9.2", Assert.IsType<SshIdentification>(Inspect(false, "ssh.software=OpenSSH_9.2").Content).Software);
        Assert.Equal(new DnsQuery("www.example.com", "AAAA"), Inspect(false, "dns.name=WWW.example.com.", "dns.type=aaaa").Content);
        Assert.Equal(new DnsQuery("example.com", "TYPE65000"), Inspect(true, "dns.type=type65000").Content);
        Assert.Equal(new DnsQuery(".", "NS"), Inspect(true, "dns.name=.", "dns.type=NS").Content);
    }

    [Fact]
    public void Http()
    {
        var head = ImaginedClients.FirstBytesOf(new() { Says = Words("host=a.test", "path=/x", "method=POST") });

        Assert.Equal("POST /x HTTP/1.1\r\nHost: a.test\r\n\r\n"u8, Assert.Single(head).Span);
        Assert.Equal("http", Inspect(false, "host=a.test").Recognised.ToString());
    }

    [Theory]
    [InlineData(false, "No protocol over TCP says sni and host together.", "sni=a", "host=b")]
    [InlineData(true, "No protocol over UDP says host together.", "host=b")]
    [InlineData(false, "A client of ssh over TCP does not say sni.", "protocol=ssh", "sni=a")]
    [InlineData(false, "There is no protocol 'shh', did you mean 'ssh'?", "protocol=shh")]
    [InlineData(false, "What a client of quic sends first over TCP is not known here; give it with 'bytes' or 'pcap'.", "protocol=quic")]
    [InlineData(false, "'path' must be printable ASCII without blanks, not '/a b'.", "path=/a b")]
    [InlineData(false, "'ssh.software' must be printable ASCII, not 'a\uFFFD'.", "ssh.software=a\n")]
    [InlineData(false, "'mqtt.version' must be 3.1, 3.1.1 or 5, not '4'.", "mqtt.version=4")]
    [InlineData(false, "'1.4' is not a TLS version: '1.0', '1.1', '1.2' or '1.3'.", "tls=1.4")]
    [InlineData(false, "'dns.type' must be a type such as A or TYPE65, not 'ABC'.", "dns.type=ABC")]
    [InlineData(false, "'dns.name' cannot be 'ü'.", "dns.name=ü")]
    [InlineData(false, "'postgres.user' cannot be 'a\uFFFDb'.", "postgres.user=a\0b")]
    public void What_cannot_be_said_is_named(bool isUdp, string error, params string[] words) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => ImaginedClients.FirstBytesOf(new() { IsUdp = isUdp, Says = Words(words) })).Message);

    [Fact]
    public void What_is_said_is_bounded()
    {
        foreach (var key in ImaginedClients.Keys)
        {
            var says = new Dictionary<string, string> { [key] = new string('x', 100_000) };
            Assert.Throws<FormatException>(() => ImaginedClients.FirstBytesOf(new() { Says = says }));
        }
    }

    private static PrefaceInfo Inspect(bool isUdp, params string[] words)
    {
        var bytes = Assert.Single(ImaginedClients.FirstBytesOf(new() { IsUdp = isUdp, Says = Words(words) })).Span;
        return isUdp ? PrefaceInspector.InspectDatagram(bytes, PrefaceParsers.OfDatagrams) : PrefaceInspector.Inspect(bytes, PrefaceParsers.OfStreams);
    }

    private static Dictionary<string, string> Words(params string[] words) => words.Select(word => word.Split('=', 2)).ToDictionary(word => word[0], word => word[1]);
}
