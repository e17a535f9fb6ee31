using CsCheck;
using L4Proxy.Providers.Tests.Importing;

namespace L4Proxy.Providers.Tests.Nginx;

public sealed class NginxImportTests
{
    private static readonly string[] s_pieces =
    [
        " ", "\n", ";", "{", "}", "\"", "'", "\\", "#", "$", "~", "*", ".", "-", "0", "99999999999999999999", "stream {", "server {", "listen ", "443", "udp", " ssl", "proxy_pass ", "$x", "map $ssl_preread_server_name $x {",
        "map $x $x {", "upstream a {", "default ", "hostnames;", "~^(a", "~(?<b>.*)", "include x;", "geo $x {", "10.0.0.0/8 ", "::/0", "allow ", "deny ", "all;", "\0", "é", "unix:", "[::]:1", "weight=", "hash ", "server a:1;",
    ];

    public static TheoryData<string> Names => [.. NginxConfigurations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_people_publish_is_carried_over(string name)
    {
        var expected = NginxConfigurations.All[name];
        var imported = L4NginxImport.Parse(expected.Text);

        Assert.Equal(expected.Routes, Imported.Routes(imported));
        Assert.Equal(expected.Lost, Imported.Lost(imported));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("server 10.0.0.1:1; server 10.0.0.2:1;", "", """{"Destinations":{"d1":{"Address":"10.0.0.1:1"},"d2":{"Address":"10.0.0.2:1"}},"LoadBalancingPolicy":"RoundRobin","HealthCheck":{"Passive":{"MaxFails":1,"Window":"00:00:10","EjectionTime":"00:00:10","MaxEjectionPercent":100}},"Timeouts":{"Connect":"00:01:00","Idle":"00:10:00"},"Retry":{"MaxAttempts":2}}""")]
    [InlineData("server 10.0.0.1:1 max_conns=9;", "proxy_half_close on; proxy_timeout \"1h 30m\"; proxy_connect_timeout 250ms; proxy_protocol on; proxy_bind 127.0.0.4;", """{"Destinations":{"d1":{"Address":"10.0.0.1:1","MaxConnections":9}},"Timeouts":{"Connect":"00:00:00.25","Idle":"01:30:00","HalfClosed":"00:00:00"},"Retry":{"MaxAttempts":1},"ProxyProtocol":{"Version":"V1"},"Socket":{"LocalAddresses":["127.0.0.4"]}}""")]
    [InlineData("server 10.0.0.1:1 max_fails=0; server 10.0.0.2:1 max_fails=0; random two least_conn;", "proxy_next_upstream off;", """{"Destinations":{"d1":{"Address":"10.0.0.1:1"},"d2":{"Address":"10.0.0.2:1"}},"LoadBalancingPolicy":"PowerOfTwoChoices","HealthCheck":{"Passive":{"Enabled":false}},"Timeouts":{"Connect":"00:01:00","Idle":"00:10:00"},"Retry":{"MaxAttempts":1}}""")]
    [InlineData("server a.lan:1;", "proxy_ssl on;", """{"Destinations":{"d1":{"Address":"a.lan:1"}},"Timeouts":{"Connect":"00:01:00","Idle":"00:10:00"},"Retry":{"MaxAttempts":1},"Tls":{"SkipVerify":true}}""")]
    [InlineData("server a.lan:1;", "proxy_ssl on; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_name b.lan; proxy_ssl_certificate c.pem; proxy_ssl_certificate_key k.pem;", """{"Destinations":{"d1":{"Address":"a.lan:1"}},"Timeouts":{"Connect":"00:01:00","Idle":"00:10:00"},"Retry":{"MaxAttempts":1},"Tls":{"ServerName":"b.lan","Ca":"ca.pem","ClientCertificate":{"Path":"c.pem","KeyPath":"k.pem"}}}""")]
    public void An_upstream_and_what_a_server_says_of_it_are_a_cluster(string upstream, string server, string expected)
    {
        var imported = L4NginxImport.Parse($"stream {{ upstream u {{ {upstream} }} server {{ listen 127.0.0.1:1; proxy_pass u; {server} }} }}");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Imported.Json(Imported.Cluster(imported)));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("listen 443;", """{"Url":"tcp://0.0.0.0:443"}""")]
    [InlineData("listen [2001:db8::1]:443 backlog=8192 rcvbuf=64k;", """{"Url":"tcp://[2001:db8::1]:443","Backlog":8192,"ReceiveBuffer":65536}""")]
    [InlineData("listen localhost:443 so_keepalive=30m::10;", """{"Url":"tcp://localhost:443","KeepAlive":"00:30:00"}""")]
    [InlineData("listen unix:/run/n.sock;", """{"Url":"unix:/run/n.sock"}""")]
    [InlineData("listen 443 proxy_protocol; set_real_ip_from 10.0.0.0/8;", """{"Url":"tcp://0.0.0.0:443","PrefaceTimeout":"00:00:30","ProxyProtocol":{"Mode":"Required","Trusted":["10.0.0.0/8"]}}""")]
    [InlineData("listen 443 proxy_protocol;", """{"Url":"tcp://0.0.0.0:443","PrefaceTimeout":"00:00:30","ProxyProtocol":{"Mode":"Required","Trusted":["0.0.0.0/0","::/0"]}}""")]
    [InlineData("listen 443; ssl_preread on; preread_timeout 3s; preread_buffer_size 8k;", """{"Url":"tcp://0.0.0.0:443","PrefaceTimeout":"00:00:03","MaxPrefaceBytes":8192}""")]
    [InlineData("listen 443; deny 10.0.0.1; allow 10.0.0.9/24; allow 2001:db8::/32; deny all;", """{"Url":"tcp://0.0.0.0:443","Firewall":{"Allow":["10.0.0.0/24","2001:db8::/32"],"Deny":["10.0.0.1"]}}""")]
    [InlineData("listen 443; deny 10.0.0.1;", """{"Url":"tcp://0.0.0.0:443","Firewall":{"Deny":["10.0.0.1"]}}""")]
    public void What_is_listened_on_is_an_endpoint(string server, string expected)
    {
        var imported = L4NginxImport.Parse($"stream {{ server {{ {server} proxy_pass 10.0.0.1:1; }} }}");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Imported.Json(Imported.Endpoint(imported)));
        Imported.AssertValid(imported);
    }

    [Theory]
    [InlineData("server { listen 1; return \"hello\"; }", "stream.server[line 1].return", 0)]
    [InlineData("server { listen 1; proxy_pass $host; }", "stream.server[line 1].proxy_pass", 0)]
    [InlineData("server { listen 1; proxy_pass nowhere; }", "stream.server[line 1].proxy_pass", 0)]
    [InlineData("server { listen lan.example.com:1; proxy_pass a:1; }", "stream.server[line 1].listen", 0)]
    [InlineData("server { listen 1; proxy_pass a:1; include /etc/nginx/x; }", "stream.server[line 1].include", 1)]
    [InlineData("server { listen 1; proxy_pass a:1; proxy_timeout 1h 30m; }", "stream.server[line 1].proxy_timeout", 1)]
    [InlineData("server { listen 1; proxy_pass a:1; js_access x; }", "stream.server[line 1].js_access", 1)]
    [InlineData("server { listen 1; allow mail.example.com; deny all; proxy_pass a:1; }", "stream.server[line 1].allow", 0)]
    [InlineData("server { listen [::]:1; proxy_pass a:1; }", "stream.server[line 1].listen", 1)]
    [InlineData("server { listen 1 ssl; proxy_pass a:1; }", "stream.server[line 1].ssl_certificate", 1)]
    [InlineData("server { listen 1 udp; proxy_protocol on; proxy_pass a:1; }", "stream.server[line 1].proxy_protocol", 1)]
    [InlineData("server { listen 1 proxy_protocol; proxy_protocol on; proxy_pass a:1; }", "stream.server[line 1].listen", 1)]
    [InlineData("server { listen 1; proxy_next_upstream_timeout 3s; proxy_pass a:1; }", "stream.server[line 1].proxy_next_upstream_timeout", 1)]
    [InlineData("upstream u { server a:1 route=x; least_time connect; } server { listen 1; proxy_pass u; }", "stream.upstream u[line 1].server", 1)]
    [InlineData("upstream u { hash $x; server a:1; server b:1; } server { listen 1; proxy_pass u; }", "stream.upstream u[line 1].hash", 1)]
    [InlineData("upstream u { } server { listen 1; proxy_pass u; }", "stream.upstream u[line 1].server", 0)]
    [InlineData("map $ssl_preread_server_name $x { include names.map; default a:1; } server { listen 1; ssl_preread on; proxy_pass $x; }", "stream.map[line 1][line 1]", 0)]
    [InlineData("map $ssl_preread_server_name $x { ~(?=a) b:1; default a:1; } server { listen 1; ssl_preread on; proxy_pass $x; }", "stream.map[line 1][line 1]", 0)]
    [InlineData("map $ssl_preread_server_name $x { a.test b:1; default a:1; } server { listen 1; proxy_pass $x; }", "stream.server[line 1].ssl_preread", 2)]
    [InlineData("map $x $x { default $x; } server { listen 1; proxy_pass $x; }", "stream.server[line 1].proxy_pass", 0)]
    [InlineData("limit_conn_zone $server_port zone=z:1m; server { listen 1; limit_conn z 5; proxy_pass a:1; }", "stream.server[line 1].limit_conn", 1)]
    public void What_has_nothing_like_it_is_said_with_its_line(string stream, string path, int routes)
    {
        var imported = L4NginxImport.Parse($"stream {{ {stream} }}");

        Assert.Contains(path, Imported.Lost(imported));
        Assert.Equal(routes, imported.Config.Routes!.Count);
    }

    [Fact]
    public void What_is_not_layer_4_is_left_out_with_a_word()
    {
        var imported = L4NginxImport.Parse("user www; http { } mail { }\nevents { }\nstream { tcp_nodelay off; access_log off; }");

        Assert.Empty(imported.Errors);
        Assert.Equal(["stream.tcp_nodelay", "stream.access_log", "user", "http", "mail", "events"], imported.Warnings.Select(warning => warning.Path));
    }

    [Theory]
    [InlineData("stream { server { listen 1; proxy_pass a:1; } ", "[line 1]")]
    [InlineData("\n}", "[line 2]")]
    [InlineData("stream { server { listen 1", "[line 1]")]
    [InlineData("stream { \"abc }", "[line 1]")]
    [InlineData("stream { 'a'b; }", "[line 1]")]
    [InlineData(";", "[line 1]")]
    [InlineData("stream { listen 1 }", "[line 1]")]
    public void What_is_no_configuration_is_said_and_is_none(string text, string path)
    {
        var imported = L4NginxImport.Parse(text);

        Assert.Equal([path], Imported.Lost(imported));
        Assert.Empty(imported.Config.Endpoints!);
    }

    [Fact]
    public void Quotes_escapes_and_comments_are_those_of_nginx()
    {
        var imported = L4NginxImport.Parse(
            """
            stream { # of all
              map "$ssl_preread_server_name" $x {
                'a.example.com' "10.0.0.1:1"; # one
                \default        10.0.0.2:2;
                "b\.example.com" 10.0.0.3:3;
                default         10.0.0.4:4;
              }
              server { listen 1; ssl_preread on; proxy_pass ${x}; }
            }
            """);

        Assert.Equal(["stream.map[line 2][line 5]", "stream.server[line 8].proxy_pass"], Imported.Lost(imported));
    }

    /// <summary>However deep and long, an answer comes.</summary>
    [Fact]
    public void What_is_too_much_is_said()
    {
        Assert.Single(L4NginxImport.Parse(new string('a', 5_000_000)).Errors);
        Assert.Single(L4NginxImport.Parse(string.Concat(Enumerable.Repeat("a {", 100_000))).Errors);
        Assert.Single(L4NginxImport.Parse(string.Concat(Enumerable.Repeat("a;", 400_000))).Errors);
        Assert.Equal(1000, L4NginxImport.Parse(string.Concat(Enumerable.Range(0, 2000).Select(i => $"x{i} y;"))).Errors.Count);
    }

    [Fact]
    public void Ten_thousand_names_are_one_route_for_each_backend()
    {
        var names = string.Join('\n', Enumerable.Range(0, 9_900).Select(i => $"n{i}.example.com b{i % 3};"));
        var imported = L4NginxImport.Parse(
            $"stream {{ map $ssl_preread_server_name $x {{ {names} }} {string.Concat(Enumerable.Range(0, 3).Select(i => $"upstream b{i} {{ server 10.0.0.{i + 1}:1; }} "))} server {{ listen 1; ssl_preread on; proxy_pass $x; }} }}");

        Assert.Empty(imported.Errors);
        Assert.Equal([3300, 3300, 3300], imported.Config.Routes!.Values.Select(route => route.Match!.Sni!.Count));
        Imported.AssertValid(imported);
    }

    /// <summary>A text that stands for more and more of itself ends.</summary>
    [Fact]
    public void Variables_that_grow_are_said()
    {
        var maps = string.Concat(Enumerable.Range(0, 8).Select(i => $"map $remote_addr $m{i} {{ default {string.Concat(Enumerable.Repeat($"$m{i + 1}", 150))}; }} "));
        var imported = L4NginxImport.Parse($"stream {{ {maps} map $remote_addr $m8 {{ default a; }} server {{ listen 1; proxy_pass $m0; }} }}");

        Assert.Equal(["stream.server[line 1].proxy_pass"], Imported.Lost(imported));
    }

    [Fact]
    public void Any_text_has_an_answer() =>
        RandomText.Of([.. NginxConfigurations.All.Values.Select(item => item.Text)], s_pieces).Sample(text => _ = Imported.ErrorsOf(L4NginxImport.Parse(text)), iter: 3000);
}
