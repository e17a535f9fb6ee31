using CsCheck;
using L4Proxy.Providers.Tests.Importing;

namespace L4Proxy.Providers.Tests.HaProxy;

public sealed class HaProxyImportTests
{
    private static readonly string[] s_pieces =
    [
        " ", "\n", "\r\n", "\t", "\"", "'", "\\", "\\x4", "#", "$", "${A}", "{ ", " }", "!", " || ", " or ", "0", "99999999999999999999", "global\n", "defaults\n", "defaults a from a\n", "frontend f\n", "backend b\n", "listen l\n", "bind ", ":443",
        "mode tcp\n", "acl a ", "src ", "10.0.0.0/8 ", "::/0", "-m reg ", "-f ", "req.ssl_sni ", "req.payload(0,9999999) ", "use_backend b if ", "unless ", "default_backend b\n", "tcp-request ", "content ", "connection ", "reject ", "accept ", "if ",
        "server s a:1 ", "check ", "inter ", "ssl ", "balance ", "timeout client ", "option httpchk ", "tcp-check expect ", "send-binary 0", "\0", "é", "\uD800",
    ];

    public static TheoryData<string> Names => [.. HaProxyConfigurations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_people_publish_is_carried_over(string name)
    {
        var expected = HaProxyConfigurations.All[name];
        var imported = L4HaProxyImport.Parse(expected.Text);

        Assert.Equal(expected.Routes, Imported.Routes(imported));
        Assert.Equal(expected.Lost, Imported.Lost(imported));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("server a 10.0.0.1:1", """{"Destinations":{"a":{"Address":"10.0.0.1:1"}},"HealthCheck":{"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":4}}""")]
    [InlineData("server a 10.0.0.1:1 check\nretries 0\nbalance first\nserver b 10.0.0.2:1 check", """{"Destinations":{"00001-a":{"Address":"10.0.0.1:1"},"00002-b":{"Address":"10.0.0.2:1"}},"LoadBalancingPolicy":"First","HealthCheck":{"Active":{"Enabled":true,"Interval":"00:00:02","Timeout":"00:00:02"},"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":1}}""")]
    [InlineData("default-server check inter 500ms rise 1 fall 2\nserver a 10.0.0.1:1 maxconn 5 port 99\ntimeout queue 9s\ntimeout check 100", """{"Destinations":{"a":{"Address":"10.0.0.1:1","MaxConnections":5,"HealthAddress":"10.0.0.1:99"}},"HealthCheck":{"Active":{"Enabled":true,"Interval":"00:00:00.5","Timeout":"00:00:00.1","Rise":1,"Fall":2},"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":4},"Queue":{"Timeout":"00:00:09","MaxLength":1000000}}""")]
    [InlineData("server a a.lan:1 ssl verify none sni str(b.lan) send-proxy-v2-ssl proxy-v2-options authority,unique-id source 127.0.0.9", """{"Destinations":{"a":{"Address":"a.lan:1"}},"HealthCheck":{"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":4},"ProxyProtocol":{"Version":"V2","Tlvs":["Ssl","Authority","UniqueId"]},"Tls":{"ServerName":"b.lan","SkipVerify":true},"Socket":{"LocalAddresses":["127.0.0.9"]}}""")]
    [InlineData("option httpchk GET /health\nserver a 10.0.0.1:1 check\nhttp-check expect string ok", """{"Destinations":{"a":{"Address":"10.0.0.1:1"}},"HealthCheck":{"Active":{"Enabled":true,"Type":"Http","Interval":"00:00:02","Timeout":"00:00:02","Send":"/health","Expect":"ok"},"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":4}}""")]
    [InlineData("option redis-check\nserver a unix@/run/a.sock check", """{"Destinations":{"a":{"Address":"unix:/run/a.sock"}},"HealthCheck":{"Active":{"Enabled":true,"Interval":"00:00:02","Timeout":"00:00:02","Send":"*1\\r\\n$4\\r\\nPING\\r\\n","Expect":"+PONG\\r\\n"},"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":4}}""")]
    [InlineData("balance hash req.ssl_sni\nhash-balance-factor 150\nserver a a:1 resolvers ns\nserver b b:1 resolvers ns weight 0\nresolvers ns\nnameserver n1 10.0.0.53:53", """{"Destinations":{"a":{"Address":"a:1"},"b":{"Address":"b:1","Weight":0}},"LoadBalancingPolicy":"Hash","HashOn":"Sni","HashBalanceFactor":150,"HealthCheck":{"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:00:05"},"Retry":{"MaxAttempts":4},"Dns":{"Servers":["10.0.0.53:53"]}}""")]
    public void A_backend_is_a_cluster(string lines, string expected)
    {
        var imported = L4HaProxyImport.Parse($"listen l\nbind 127.0.0.1:1\ntimeout connect 5s\n{lines}\n");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Imported.Json(Imported.Cluster(imported)));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("bind :443", """{"Url":"tcp://0.0.0.0:443"}""")]
    [InlineData("bind 2001:db8::1:443", """{"Url":"tcp://[2001:db8::1]:443"}""")]
    [InlineData("bind ipv6@:443 name x backlog 9", """{"Url":"tcp://[::]:443","Backlog":9}""")]
    [InlineData("bind /run/h.sock mode 660", """{"Url":"unix:/run/h.sock","Mode":"660"}""")]
    [InlineData("bind *:10000-10009 accept-proxy", """{"Url":"tcp://0.0.0.0:10000-10009","ProxyProtocol":{"Mode":"Required","Trusted":["0.0.0.0/0","::/0"]}}""")]
    [InlineData("bind :1 ssl crt a.pem crt b.pem alpn h2,http/1.1 verify required ca-file c.pem no-sslv3", """{"Url":"tls://0.0.0.0:1","Certificates":[{"Path":"a.pem"},{"Path":"b.pem"}],"ClientCertificate":{"Mode":"Required","Ca":"c.pem"},"Alpn":["h2","http/1.1"]}""")]
    [InlineData("bind :1\ntcp-request inspect-delay 2s", """{"Url":"tcp://0.0.0.0:1","PrefaceTimeout":"00:00:02"}""")]
    public void What_is_bound_is_an_endpoint(string lines, string expected)
    {
        var imported = L4HaProxyImport.Parse($"listen l\n{lines}\nserver a 10.0.0.1:1\n");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Imported.Json(Imported.Endpoint(imported)));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("{ req.ssl_sni a.test b.test }", """{"Sni":["a.test","b.test"],"Protocols":["tls"]}""")]
    [InlineData("{ req.ssl_sni -m found }", """{"Sni":["*"],"Protocols":["tls"]}""")]
    [InlineData("{ req.ssl_sni -m beg a. }", """{"SniRegex":["a\\..*"],"Protocols":["tls"]}""")]
    [InlineData("{ req.ssl_sni -m end a.test }", """{"SniRegex":[".*a\\.test"],"Protocols":["tls"]}""")]
    [InlineData("{ req.ssl_sni -m dom a }", """{"SniRegex":["(?:.*\\.)?a(?:\\..*)?"],"Protocols":["tls"]}""")]
    [InlineData("{ req_ssl_sni,lower -m str a.test }", """{"Sni":["a.test"],"Protocols":["tls"]}""")]
    [InlineData("{ req.ssl_alpn -m sub h2 }", """{"Alpn":["h2"],"Protocols":["tls"]}""")]
    [InlineData("{ src 10.0.0.9/8 ::1 }", """{"ClientAddresses":["10.0.0.0/8","::1"]}""")]
    [InlineData("{ dst 127.0.0.1 }", """{"LocalAddresses":["127.0.0.1"]}""")]
    [InlineData("{ dst_port ge 1024 }", """{"LocalPorts":["1024-65535"]}""")]
    [InlineData("{ req.proto_http }", """{"Protocols":["http"]}""")]
    [InlineData("HTTP", """{"Protocols":["http"]}""")]
    [InlineData("{ req.payload(0,4) -m str SSH- }", """{"Bytes":[{"Text":"SSH-"}]}""")]
    [InlineData("{ req.payload(2,0) -m beg ab }", """{"Bytes":[{"Offset":2,"Text":"ab"}]}""")]
    [InlineData("{ req.payload(0,64) -m reg ^GET }", """{"Bytes":[{"Regex":"^GET","Length":64}]}""")]
    [InlineData("{ req.payload(0,0),mqtt_is_valid }", """{"Protocols":["mqtt"]}""")]
    [InlineData("!{ src 10.0.0.1 }", """{"Not":{"ClientAddresses":["10.0.0.1"]}}""")]
    [InlineData("! { src 10.0.0.1 } { dst_port 1 }", """{"LocalPorts":["1"],"Not":{"ClientAddresses":["10.0.0.1"]}}""")]
    [InlineData("{ src 10.0.0.1 } or { dst_port 1 } || { dst_port 2 }", """{"AnyOf":[{"ClientAddresses":["10.0.0.1"]},{"LocalPorts":["1","2"]}]}""")]
    [InlineData("{ src 10.0.0.0/8 } { src 10.1.0.0/16 } { src 10.1.1.0/24 }", """{"ClientAddresses":["10.1.1.0/24"],"AnyOf":[{"ClientAddresses":["10.0.0.0/8"],"AnyOf":[{"ClientAddresses":["10.1.0.0/16"]}]}]}""")]
    [InlineData("named", """{"AnyOf":[{"ClientAddresses":["10.0.0.1"]},{"LocalPorts":["7"]}]}""")]
    [InlineData("!named TRUE", """{"Not":{"AnyOf":[{"ClientAddresses":["10.0.0.1"]},{"LocalPorts":["7"]}]}}""")]
    public void What_is_asked_is_a_match(string condition, string expected)
    {
        var imported = L4HaProxyImport.Parse(
            $"frontend f\nbind :1\ntcp-request inspect-delay 1s\ntcp-request content accept if HTTP\nacl named src 10.0.0.1\nacl named dst_port 7\nuse_backend b if {condition}\nbackend b\nserver a 10.0.0.1:1\n");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Imported.Json(Assert.Single(imported.Config.Routes!).Value.Match));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("bind :1 interface eth0", "listen l.bind[line 2]", 1)]
    [InlineData("bind a.lan:1", "listen l.bind[line 2]", 0)]
    [InlineData("bind :1 ssl", "listen l.bind[line 2]", 0)]
    [InlineData("bind :1\nmaxconn 10", "listen l[line 1]", 1)]
    [InlineData("bind :1\nuse_backend %[req.ssl_sni] if TRUE", "listen l.use_backend[line 3]", 1)]
    [InlineData("bind :1\nuse_backend x if { nbsrv(x) gt 1 }", "listen l.use_backend[line 3]", 1)]
    [InlineData("bind :1\nuse_backend x if { src 10.0.0.1 }", "backend x", 1)]
    [InlineData("bind :1\nuse_backend l if { req.ssl_sni a.test }", "listen l[line 1]", 2)]
    [InlineData("bind :1\nacl x src -f /etc/x\ntcp-request connection reject if x", "listen l.tcp-request[line 4]", 0)]
    [InlineData("bind :1\ntcp-request content accept if { req.len 5 }\ntcp-request content reject", "listen l.tcp-request[line 3]", 0)]
    [InlineData("bind :1 accept-proxy\ntcp-request connection reject if { src 10.0.0.1 }", "listen l[line 1]", 0)]
    [InlineData("bind :1 accept-proxy\nuse_backend l if { dst_port 1 }", "listen l[line 1]", 0)]
    [InlineData("bind :1\ntcp-request connection silent-drop", "listen l.tcp-request[line 3]", 0)]
    [InlineData("bind :1\ntcp-request connection reject if { src \"$A\" }", "[line 3]", 0)]
    [InlineData("bind :1\nserver b 10.0.0.2:1 send-proxy", "listen l.server[line 3]", 1)]
    [InlineData("bind :1 accept-proxy\nserver b 10.0.0.2", "listen l[line 1]", 1)]
    [InlineData("bind :1\nserver b 10.0.0.2:1 check check-send-proxy", "listen l.server[line 3]", 1)]
    [InlineData("bind :1\nserver-template s 5 a.lan:1", "listen l.server-template[line 3]", 1)]
    [InlineData("bind :1\nfilter compression", "listen l.filter[line 3]", 1)]
    [InlineData("bind :1\noption ssl-hello-chk\ndefault-server check", "listen l.option[line 3]", 1)]
    [InlineData("bind :1\ntcp-check expect string a\ntcp-check send b\ndefault-server check", "listen l.tcp-check[line 4]", 1)]
    public void What_has_nothing_like_it_is_said_with_its_line(string lines, string path, int routes)
    {
        var imported = L4HaProxyImport.Parse($"listen l\n{lines}\nserver a 10.0.0.1:1\n");

        Assert.Contains(path, Imported.Lost(imported));
        Assert.Equal(routes, imported.Config.Routes!.Count);
    }

    [Fact]
    public void How_long_a_connection_may_be_silent_is_the_routes()
    {
        var imported = L4HaProxyImport.Parse("defaults\ntimeout client 30s\ntimeout server 1m\nlisten a\nbind :1\nserver a a:1\nlisten b\nbind :2\ntimeout tunnel 1h\ntimeout server-fin 9s\nserver a a:1\n");

        Assert.Equal([new() { Idle = TimeSpan.FromSeconds(30), HalfClosed = TimeSpan.Zero }, new() { Idle = TimeSpan.FromHours(1), HalfClosed = TimeSpan.FromSeconds(9) }],
            imported.Config.Routes!.Values.Select(route => route.Timeouts!));
    }

    [Fact]
    public void What_is_not_layer_4_is_left_out_with_a_word()
    {
        var imported = L4HaProxyImport.Parse("global\nmaxconn 9\nstats socket /x\ndefaults\nmode http\noption httplog\nfrontend w\nbind :80\npeers p\npeer a 10.0.0.1:1\n");

        Assert.Empty(imported.Errors);
        Assert.Equal(9, imported.Config.MaxConnections);
        Assert.Equal(["frontend w[line 7]", "peers p[line 9]", "global.stats[line 3]", "defaults.option[line 6]"], imported.Warnings.Select(warning => warning.Path));
    }

    [Theory]
    [InlineData("what is this")]
    [InlineData("{ }")]
    public void What_is_no_configuration_is_said_and_is_none(string text)
    {
        Assert.Equal(["[line 1]"], Imported.Lost(L4HaProxyImport.Parse(text)));
    }

    /// <summary>However long, an answer comes.</summary>
    [Fact]
    public void What_is_too_much_is_said()
    {
        Assert.Single(L4HaProxyImport.Parse(new string('a', 5_000_000)).Errors);
        Assert.Single(L4HaProxyImport.Parse("global\n" + string.Concat(Enumerable.Repeat("a b c d ", 200_000))).Errors);
        var terms = string.Concat(Enumerable.Repeat("{ src 10.0.0.1 } ", 10_000));
        Assert.Contains("listen l.use_backend[line 3]", Imported.Lost(L4HaProxyImport.Parse($"listen l\nbind :1\nuse_backend l if {terms}\nserver a a:1\n")));
    }

    [Fact]
    public void Thousands_of_backends_are_as_many_routes()
    {
        var uses = string.Concat(Enumerable.Range(0, 2000).Select(i => $"use_backend b{i} if {{ req.ssl_sni -i n{i}.example.com }}\n"));
        var backends = string.Concat(Enumerable.Range(0, 2000).Select(i => $"backend b{i}\nserver s 10.0.{i / 250}.{(i % 250) + 1}:443\n"));
        var imported = L4HaProxyImport.Parse($"frontend f\nbind :443\ntcp-request inspect-delay 5s\ntcp-request content accept if {{ req.ssl_hello_type 1 }}\n{uses}{backends}");

        Assert.Empty(imported.Errors);
        Assert.Equal(2000, imported.Config.Routes!.Count);
        Imported.AssertValid(imported);
    }

    [Fact]
    public void Any_text_has_an_answer() =>
        RandomText.Of([.. HaProxyConfigurations.All.Values.Select(item => item.Text)], s_pieces).Sample(text => _ = Imported.ErrorsOf(L4HaProxyImport.Parse(text)), iter: 3000);
}
