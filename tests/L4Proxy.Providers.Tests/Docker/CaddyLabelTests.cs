using L4Proxy.Providers.Docker;
using static L4Proxy.Providers.Tests.Docker.Labelled;

namespace L4Proxy.Providers.Tests.Docker;

public sealed class CaddyLabelTests
{
    [Theory]
    [Trait("Row", "A4")]
    // The document's, word for word but for addresses.
    [InlineData("""
        caddy.layer4=:1883
        caddy.layer4.route.proxy={{upstreams 11883}}
        """, "tcp://*:1883 -> 172.18.0.2:11883")]
    [InlineData("""
        caddy.layer4=:443
        caddy.layer4.@sni=tls sni *.example.com
        caddy.layer4.route.proxy=192.0.2.21:443
        """, """tcp://*:443 {"Sni":["{_1}.example.com"],"Protocols":["tls"]} -> 192.0.2.21:443""")]
    [InlineData("""
        caddy.layer4_0=:1883
        caddy.layer4_0.route.proxy=host:1883
        caddy.layer4_1=:8883
        caddy.layer4_1.route.proxy=host:8883
        """, "tcp://*:1883 -> host:1883", "tcp://*:8883 -> host:8883")]
    // Listening.
    [InlineData("caddy.layer4=udp/:5353\ncaddy.layer4.route.proxy={{upstreams 53}}", "udp://*:5353 -> 172.18.0.2:53")]
    [InlineData("caddy.layer4=tcp/:443\ncaddy.layer4.route.proxy={{ upstreams 443 }}", "tcp://*:443 -> 172.18.0.2:443")]
    [InlineData("caddy.layer4=127.0.0.1:1\ncaddy.layer4.route.proxy={{  upstreams   2  }}", "tcp://127.0.0.1:1 -> 172.18.0.2:2")]
    [InlineData("caddy.layer4=:1 :2\ncaddy.layer4.route.proxy=a:3", "tcp://*:1,tcp://*:2 -> a:3")]
    [InlineData("caddy.layer4=[::1]:1\ncaddy.layer4.route.proxy=[2001:db8::1]:3", "tcp://[::1]:1 -> [2001:db8::1]:3")]
    // Leading somewhere.
    [InlineData("caddy.layer4=:1\ncaddy.layer4.route.proxy=a:1 b:2", "tcp://*:1 -> a:1,b:2")]
    [InlineData("caddy.layer4=:1\ncaddy.layer4.route.proxy.upstream=a:1\ncaddy.layer4.route.proxy.upstream_1=b:2", "tcp://*:1 -> a:1,b:2")]
    [InlineData("caddy.layer4=:1\ncaddy.layer4.route.proxy={{upstreams tcp 4}}", "tcp://*:1 -> 172.18.0.2:4")]
    [InlineData("caddy.layer4=udp/:1\ncaddy.layer4.route.proxy=udp/{{upstreams 4}}", "udp://*:1 -> 172.18.0.2:4")]
    [InlineData("caddy.layer4=udp/:1\ncaddy.layer4.route.proxy=a:4", "udp://*:1 -> a:4")]
    [InlineData("caddy.layer4=udp/:1\ncaddy.layer4.route.proxy=udp/a:4", "udp://*:1 -> a:4")]
    [InlineData("caddy.layer4=:1\ncaddy.layer4.route.proxy={{upstreams}}", "tcp://*:1 -> 172.18.0.2:7777")]
    // Several routes of one address.
    [InlineData("""
        caddy.layer4=:443
        caddy.layer4.@a=tls sni a.example.com
        caddy.layer4.route_0=@a
        caddy.layer4.route_0.proxy=a:1
        caddy.layer4.@b=ssh
        caddy.layer4.route_1=@b
        caddy.layer4.route_1.proxy=b:1
        """, """tcp://*:443 {"Sni":["a.example.com"],"Protocols":["tls"]} -> a:1""", """tcp://*:443 {"Protocols":["ssh"]} -> b:1""")]
    [InlineData("""
        caddy.layer4=:443
        caddy.layer4.@a=tls sni a.example.com
        caddy.layer4.@b=ssh
        caddy.layer4.route=@a @b
        caddy.layer4.route.proxy=a:1
        """, """tcp://*:443 {"AnyOf":[{"Sni":["a.example.com"],"Protocols":["tls"]},{"Protocols":["ssh"]}]} -> a:1""")]
    // The nesting of caddy-docker-proxy.
    [InlineData("""
        caddy.layer4.:443.@x.tls.sni=a.example.com b.example.com
        caddy.layer4.:443.route=@x
        caddy.layer4.:443.route.proxy={{upstreams 8443}}
        """, """tcp://*:443 {"Sni":["a.example.com","b.example.com"],"Protocols":["tls"]} -> 172.18.0.2:8443""")]
    [InlineData("caddy.layer4.127.0.0.1:53.route.proxy=a:1", "tcp://127.0.0.1:53 -> a:1")]
    [InlineData("caddy_3.layer4.udp/:53.route.proxy=a:1", "udp://*:53 -> a:1")]
    [InlineData("caddy.layer4.:1.@x.tls.alpn=mqtt\ncaddy.layer4.:1.@x.remote_ip=10.0.0.0/8\ncaddy.layer4.:1.route=@x\ncaddy.layer4.:1.route.proxy=a:1", """tcp://*:1 {"Alpn":["mqtt"],"Protocols":["tls"],"ClientAddresses":["10.0.0.0/8"]} -> a:1""")]
    public void Labels_are_routes(string labels, params string[] routes)
    {
        var result = Read(Container(Lines(labels)) with { Ports = [new(7777)] });

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(routes, Routes(result));
        AssertValid(result);
    }

    [Theory]
    [InlineData("tls", """{"Protocols":["tls"]}""")]
    [InlineData("tls sni a.example.com *.b.example.com", """{"Sni":["a.example.com","{_1}.b.example.com"],"Protocols":["tls"]}""")]
    [InlineData("tls  sni \"a.example.com\"", """{"Sni":["a.example.com"],"Protocols":["tls"]}""")]
    [InlineData("tls sni_regexp ^(.+)\\.example\\.com$", """{"SniRegex":["(?<g1>.+)\\.example\\.com"],"Protocols":["tls"]}""")]
    [InlineData("tls sni_regexp name `^a b$`", """{"SniRegex":["a b"],"Protocols":["tls"]}""")]
    [InlineData("tls alpn h2 http/1.1", """{"Alpn":["h2","http/1.1"],"Protocols":["tls"]}""")]
    [InlineData("tls remote_ip 10.0.0.0/8", """{"Protocols":["tls"],"ClientAddresses":["10.0.0.0/8"]}""")]
    [InlineData("remote_ip 10.0.0.0/8 192.0.2.1", """{"ClientAddresses":["10.0.0.0/8","192.0.2.1"]}""")]
    [InlineData("remote_ip private_ranges", """{"ClientAddresses":["192.168.0.0/16","172.16.0.0/12","10.0.0.0/8","127.0.0.0/8","fd00::/8","::1"]}""")]
    [InlineData("local_ip 192.0.2.1", """{"LocalAddresses":["192.0.2.1"]}""")]
    [InlineData("not remote_ip 10.0.0.1", """{"Not":{"ClientAddresses":["10.0.0.1"]}}""")]
    [InlineData("ssh", """{"Protocols":["ssh"]}""")]
    [InlineData("postgres", """{"Protocols":["postgres"]}""")]
    [InlineData("http", """{"Protocols":["http"]}""")]
    [InlineData("http host x.example.com", """{"Protocols":["http"],"Host":["x.example.com"]}""")]
    [InlineData("http path /a/*", """{"Protocols":["http"],"Path":["/a/"]}""")]
    [InlineData("regexp ^GE 8", """{"Bytes":[{"Regex":"^GE","Length":8}]}""")]
    public void Every_matcher_that_has_an_equivalent_is_read(string matcher, string expected)
    {
        var result = Read(Container("caddy.layer4=:443", $"caddy.layer4.@any_name={matcher}", "caddy.layer4.route=@any_name", "caddy.layer4.route.proxy=192.0.2.9:1"));

        Assert.Empty(result.Errors);
        Assert.Equal(expected, Json(Assert.Single(result.Config.Routes!).Value.Match!));
        AssertValid(result);
    }

    /// <summary>A route without its matcher would take everything: it is left out, and the others of the container stay.</summary>
    [Theory]
    [InlineData("caddy.layer4.@x=winbox", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=tls sni", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=tls sni foo.*.com", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=tls sni_regexp", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=tls sni_regexp (", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=tls ech", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=regexp", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=remote_ip", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=remote_ip nowhere", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=ssh 2", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=not", "caddy.layer4.@x")]
    [InlineData("caddy.layer4.@x=remote_ip 10.0.0.1\ncaddy.layer4.@x.remote_ip=10.0.0.2", "caddy.layer4.@x.remote_ip")]
    [InlineData("caddy.layer4.@x=ssh\ncaddy.layer4.@y=tls", "caddy.layer4.route")]
    [InlineData("caddy.layer4.route=@missing", "caddy.layer4.route")]
    [InlineData("caddy.layer4.route=tls", "caddy.layer4.route")]
    [InlineData("caddy.layer4=", "caddy.layer4")]
    [InlineData("caddy.layer4=mqtt.lan:1883", "caddy.layer4")]
    [InlineData("caddy.layer4=:99999", "caddy.layer4")]
    [InlineData("caddy.layer4=:1,udp/:2", "caddy.layer4")]
    [InlineData("caddy.layer4=unix//run/docker.sock", "caddy.layer4")]
    [InlineData("caddy.layer4.route.proxy=", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy=host", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy=host:0", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy=unix//run/docker.sock", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy=udp/a:1", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy={{upstreams}}", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy={{upstreams 0}}", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy={{upstreams 70000}}", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy={{upstreams http 80}}", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy={{upstreams udp 80}}", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy={{secrets 80}}", "caddy.layer4.route.proxy")]
    [InlineData("caddy.layer4.route.proxy.proxy_protocol=v3", "caddy.layer4.route.proxy.proxy_protocol")]
    [InlineData("caddy.layer4.route.proxy.health_interval=1s", "caddy.layer4.route.proxy.health_interval")]
    [InlineData("caddy.layer4.route.tls=", "caddy.layer4.route.tls")]
    [InlineData("caddy.layer4.route.subroute.0_proxy=a:1", "caddy.layer4.route.subroute.0_proxy")]
    [InlineData("caddy.layer4.routing=a", "caddy.layer4.routing")]
    [InlineData("caddy.layer4.matching_timeout=3s", "caddy.layer4.matching_timeout")]
    public void What_is_wrong_is_said_by_its_label_and_only_that_route_is_left_out(string labels, string label)
    {
        var all = Lines("caddy.layer4=:443\ncaddy.layer4.route.proxy=192.0.2.9:1").Concat(Lines(labels)).Concat(Lines("caddy.layer4_1=:9\ncaddy.layer4_1.route.proxy=192.0.2.9:2"))
            .Select(line => line.Split('=', 2)).GroupBy(line => line[0]).Select(line => $"{line.Key}={line.Last()[1]}");
        var result = Read(Container([.. all]));

        Assert.Contains($"container broker: label {label}", result.Errors.Select(error => error.Path));
        Assert.Equal(["tcp://*:9 -> 192.0.2.9:2"], Routes(result));
        AssertValid(result);
    }

    [Fact]
    public void What_is_said_of_a_route_without_an_address_or_an_address_without_a_route()
    {
        var result = Read(Container("caddy.layer4.route.proxy=a:1", "caddy.layer4_2=:2"));

        Assert.Equal(["container broker: label caddy.layer4", "container broker: label caddy.layer4_2"], result.Errors.Select(error => error.Path));
        Assert.Empty(result.Config.Routes!);
    }

    [Fact]
    public void A_prefix_may_be_another_and_labels_of_http_are_told_of_once()
    {
        DockerContainer[] containers = [Container("edge.layer4=:1", "edge.layer4.route.proxy=a:1", "caddy.layer4=:2", "edge=a.example.com", "edge.reverse_proxy={{upstreams 80}}", "edgex.layer4=1")];
        var result = DockerLabels.Read(containers, Options with { LabelPrefix = "edge" });

        Assert.Equal(["tcp://*:1 -> a:1"], Routes(result));
        Assert.Empty(result.Errors);
        Assert.Equal("container broker: label edge", Assert.Single(result.Warnings).Path);
    }

    [Fact]
    public void A_header_is_the_clusters()
    {
        var result = Read(Container("caddy.layer4=:1", "caddy.layer4.route.proxy=192.0.2.1:1", "caddy.layer4.route.proxy.proxy_protocol=v2"));

        Assert.Equal(
            """{"Endpoints":{"docker-tcp-1":{"Url":"tcp://*:1"}},"Routes":{"docker-broker-l4":{"Endpoints":["docker-tcp-1"],"ClusterId":"docker-broker-l4"}},"Clusters":{"docker-broker-l4":{"Destinations":{"broker":{"Address":"192.0.2.1:1"}},"ProxyProtocol":{"Version":"V2"}}}}""",
            Json(result));
    }
}
