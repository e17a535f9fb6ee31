using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>A condition says what it wanted and what it saw.</summary>
public class ExplainTests
{
    public static TheoryData<string, L4Match> Conditions => new()
    {
        { """Sni: wanted ["*.a.test","a.test"], saw b.test""", new L4Match { Sni = ["*.a.test", "a.test"] } },
        { """SniRegex: wanted ["a[0-9]"], saw b.test""", new L4Match { SniRegex = ["a[0-9]"] } },
        { """LocalPorts: wanted ["8000-8099"], saw 443""", new L4Match { LocalPorts = ["8000-8099"] } },
        { """ClientAddresses: wanted ["10.0.0.0/8"], saw 192.0.2.1""", new L4Match { ClientAddresses = ["10.0.0.0/8"] } },
        { """LocalAddresses: wanted ["10.0.0.0/8"], saw 198.51.100.1""", new L4Match { LocalAddresses = ["10.0.0.0/8"] } },
        { """ProxyProtocol: wanted {"Authority":["a.test"]}, saw no header""", new L4Match { ProxyProtocol = new() { Authority = ["a.test"] } } },
        { """Protocols: wanted ["ssh"], saw tls""", new L4Match { Protocols = ["ssh"] } },
        { """Mqtt: wanted {"ClientId":["x"]}, saw no mqtt""", new L4Match { Mqtt = new() { ClientId = ["x"] } } },
        { """Postgres: wanted {"User":["x"]}, saw no postgres""", new L4Match { Postgres = new() { User = ["x"] } } },
        { """Ssh: wanted {"Software":["x"]}, saw no ssh""", new L4Match { Ssh = new() { Software = ["x"] } } },
        { """Host: wanted ["a.test"], saw no http""", new L4Match { Host = ["a.test"] } },
        { """Path: wanted ["/a"], saw no http""", new L4Match { Path = ["/a"] } },
        { """Ja4: wanted ["q*"], saw t13d0103h2_0f2cb44170f4_b9a491fefe05""", new L4Match { Ja4 = ["q*"] } },
        { """Dns: wanted {"Types":["A"]}, saw no dns""", new L4Match { Dns = new() { Types = ["A"] } } },
        { """Alpn: wanted ["mqtt"], saw h2 http/1.1""", new L4Match { Alpn = ["mqtt"] } },
        { """TlsVersions: wanted ["1.0"], saw Tls12, Tls13""", new L4Match { TlsVersions = ["1.0"] } },
        { """LocalPorts: wanted ["1"], saw 443, Alpn: wanted ["mqtt"], saw h2 http/1.1""", new L4Match { LocalPorts = ["1"], Sni = ["b.test"], Alpn = ["mqtt"] } },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Of_each_condition_that_does_not_hold(string expected, L4Match match) =>
        Assert.Equal($"r: {expected}", Explain(Facts(Hello("b.test", "h2", "http/1.1")), Route("r", match)));

    [Fact]
    public void Without_what_it_looks_at()
    {
        Assert.Equal("""r: Sni: wanted ["a.test"], saw no name""", Explain(Facts(Hello(null)), Sni("r", "a.test")));
        Assert.Equal("""r: Sni: wanted ["a.test"], saw no TLS""", Explain(Facts(AllParsers.Inspect("GET / "u8)), Sni("r", "a.test")));
        Assert.Equal("""r: Host: wanted ["a.test"], saw b.test, Path: wanted ["/x"], saw /a""", Explain(Facts(AllParsers.Inspect("GET /a?b HTTP/1.1\r\nHost: B.test\r\n\r\n"u8)), Route("r", new L4Match { Host = ["a.test"], Path = ["/x"] })));
        Assert.Equal("""r: Host: wanted ["a.test"], saw no host, Path: wanted ["/x"], saw no path""", Explain(Facts(AllParsers.Inspect("OPTIONS * HTTP/1.0\r\nHost:\r\n\r\n"u8)), Route("r", new L4Match { Host = ["a.test"], Path = ["/x"] })));
        Assert.Equal("""r: Host: wanted [""], saw a request that has more than one Host""", Explain(Facts(AllParsers.Inspect("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"u8)), Route("r", new L4Match { Host = [""] })));
        Assert.Equal("""r: Protocols: wanted ["ssh"], saw none of those looked for""", Explain(Facts(), Route("r", new L4Match { Protocols = ["ssh"] })));
        Assert.Equal("""r: ClientAddresses: wanted ["10.0.0.1"], saw no address""", Explain(new(), Route("r", new L4Match { ClientAddresses = ["10.0.0.1"] })));
        Assert.Equal("There is none.", Explain(Facts()));
    }

    [Fact]
    public void Of_what_a_client_says_no_more_than_fits_a_line()
    {
        var connect = new MqttConnect("5", $"a\r\n\e[31m{new string('x', 5000)}", UserName: null);
        var text = Explain(Facts(new PrefaceInfo { Content = connect }), Route("r", new L4Match { Mqtt = new() { ClientId = ["b"] } }));

        Assert.InRange(text.Length, 100, 250);
        Assert.DoesNotContain(text, char.IsControl);
    }

    [Fact]
    public void Of_the_first_five_routes()
    {
        var text = Explain(Facts(Hello("z.test")), [.. Enumerable.Range(0, 9).Select(i => Sni($"r{i}", $"{i}.test"))]);

        Assert.Equal(string.Concat(Enumerable.Range(0, 5).Select(i => $"""r{i}: Sni: wanted ["{i}.test"], saw z.test; """)) + "...", text);
    }

    [Fact]
    public async Task The_log_says_so_where_no_route_takes_a_connection()
    {
        using var upstream = new TestUpstream();
        var config = Config.To(upstream.Address);
        await using var proxy = TestProxy.Start(config with
        {
            Routes = Config.Map(("r", config.Routes!["all"] with { Match = new L4Match { Protocols = ["ssh"] } })),
        });
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.Equal(L4EndReason.NoRoute, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains(proxy.Log.Lines, line => line.Contains("""no route takes it. r: Protocols: wanted ["ssh"], saw none of those looked for""", StringComparison.Ordinal));
    }

    private static string Explain(ConnectionFacts facts, params RouteModel[] routes) => RouteTable.Create(routes).Explain(facts);
}
