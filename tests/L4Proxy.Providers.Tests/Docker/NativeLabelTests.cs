using L4Proxy.Configuration;
using L4Proxy.Providers.Docker;
using static L4Proxy.Providers.Tests.Docker.Labelled;

namespace L4Proxy.Providers.Tests.Docker;

public sealed class NativeLabelTests
{
    [Theory]
    [InlineData("l4proxy.mqtt.listen=tcp://*:1883\nl4proxy.mqtt.port=1883", "tcp://*:1883 -> 172.18.0.2:1883")]
    [InlineData("l4proxy.mqtt.listen=:1883\nl4proxy.mqtt.port=11883", "tcp://*:1883 -> 172.18.0.2:11883")]
    [InlineData("l4proxy.dns.listen=udp/:53\nl4proxy.dns.port=5353", "udp://*:53 -> 172.18.0.2:5353")]
    [InlineData("l4proxy.dns.listen=udp://*:53\nl4proxy.dns.port=5353/udp", "udp://*:53 -> 172.18.0.2:5353")]
    [InlineData("l4proxy.mqtt.listen=:1883", "tcp://*:1883 -> 172.18.0.2:7777")]
    [InlineData("l4proxy.mqtt.listen=:1883, :8883\nl4proxy.mqtt.port=1", "tcp://*:1883,tcp://*:8883 -> 172.18.0.2:1")]
    [InlineData("l4proxy.mqtt.endpoints=mqtt ws\nl4proxy.mqtt.port=1", "mqtt,ws -> 172.18.0.2:1")]
    [InlineData("l4proxy.dns.endpoints=dns\nl4proxy.dns.port=53/udp", "dns -> 172.18.0.2:53")]
    [InlineData("l4proxy.a.listen=:1\nl4proxy.a.port=1\nl4proxy.a.sni=a.example.com, *.b.example.com", """tcp://*:1 {"Sni":["a.example.com","*.b.example.com"]} -> 172.18.0.2:1""")]
    [InlineData("l4proxy.a.listen=:1\nl4proxy.a.port=1\nl4proxy.a.sniregex=(?<x>[a-z]{1,3})\\.example\\.com", """tcp://*:1 {"SniRegex":["(?<x>[a-z]{1,3})\\.example\\.com"]} -> 172.18.0.2:1""")]
    [InlineData("l4proxy.a.listen=:1\nl4proxy.a.port=1\nl4proxy.a.alpn=mqtt", """tcp://*:1 {"Alpn":["mqtt"]} -> 172.18.0.2:1""")]
    [InlineData("l4proxy.a.listen=:1\nl4proxy.a.port=1\nl4proxy.a.Protocols=ssh\nl4proxy.a.clientAddresses=10.0.0.0/8,192.0.2.1", """tcp://*:1 {"Protocols":["ssh"],"ClientAddresses":["10.0.0.0/8","192.0.2.1"]} -> 172.18.0.2:1""")]
    [InlineData("l4proxy.enable=true\nl4proxy.my.route.listen=:1\nl4proxy.my.route.port=1", "tcp://*:1 -> 172.18.0.2:1")]
    [InlineData("l4proxy.enable=False\nl4proxy.a.listen=:1\nl4proxy.a.port=1\ncaddy.layer4=:2\ncaddy.layer4.route.proxy=a:1")]
    [InlineData("l4proxy.a.listen=:1\nl4proxy.a.port=1\nl4proxy.b.listen=:2\nl4proxy.b.port=2", "tcp://*:1 -> 172.18.0.2:1", "tcp://*:2 -> 172.18.0.2:2")]
    [InlineData("l4proxy.a.listen=:1\nl4proxy.a.port=1\nl4proxy.a.network=net", "tcp://*:1 -> 172.18.0.2:1")]
    public void Labels_are_routes(string labels, params string[] routes)
    {
        var result = Read(Container(Lines(labels)) with { Ports = [new(7777), new(53, IsUdp: true)] });

        Assert.Empty(result.Errors);
        Assert.Equal(routes, Routes(result));
    }

    [Fact]
    public void Everything_that_a_label_can_say_is_in_the_configuration()
    {
        var result = Read(Container(Lines("""
            l4proxy.a.endpoints=https
            l4proxy.a.port=8443
            l4proxy.a.sni=a.example.com
            l4proxy.a.order=-5
            l4proxy.a.tls=terminate
            l4proxy.a.weight=3
            l4proxy.a.cluster=web
            l4proxy.a.proxyprotocol=v2
            l4proxy.a.loadbalancingpolicy=leastconnections
            """)));

        Assert.Empty(result.Errors);
        Assert.Equal(
            """{"Endpoints":{},"Routes":{"docker-web-a":{"Endpoints":["https"],"Match":{"Sni":["a.example.com"]},"ClusterId":"docker-web","Order":-5,"Tls":"Terminate"}},"Clusters":{"docker-web":{"Destinations":{"broker":{"Address":"172.18.0.2:8443","Weight":3}},"LoadBalancingPolicy":"LeastConnections","ProxyProtocol":{"Version":"V2"}}}}""",
            Json(result));
    }

    [Theory]
    [InlineData("l4proxy.a.listen=", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.listen=http://*:1", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.listen=tls://*:1", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.listen=unix:/run/a.sock", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.listen=fd:x", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.listen=tcp://host.example.com:1", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.listen=:1 udp/:1", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.endpoints=https", "l4proxy.a.listen")]
    [InlineData("l4proxy.a.endpoints=", "l4proxy.a.endpoints")]
    [InlineData("l4proxy.a.port=", "l4proxy.a.port")]
    [InlineData("l4proxy.a.port=http", "l4proxy.a.port")]
    [InlineData("l4proxy.a.port=-1", "l4proxy.a.port")]
    [InlineData("l4proxy.a.port=65536", "l4proxy.a.port")]
    [InlineData("l4proxy.a.port=1/udp", "l4proxy.a.port")]
    [InlineData("l4proxy.a.sni=", "l4proxy.a.sni")]
    [InlineData("l4proxy.a.sni=,", "l4proxy.a.sni")]
    [InlineData("l4proxy.a.sni=a..b", "l4proxy.a.sni")]
    [InlineData("l4proxy.a.sniregex=(", "l4proxy.a.sniregex")]
    [InlineData("l4proxy.a.protocols=gopher", "l4proxy.a.protocols")]
    [InlineData("l4proxy.a.clientaddresses=10.0.0.0/33", "l4proxy.a.clientaddresses")]
    [InlineData("l4proxy.a.order=first", "l4proxy.a.order")]
    [InlineData("l4proxy.a.order=99999999999", "l4proxy.a.order")]
    [InlineData("l4proxy.a.tls=Terminate", "l4proxy.a.tls")]
    [InlineData("l4proxy.a.tls=yes", "l4proxy.a.tls")]
    [InlineData("l4proxy.a.network=elsewhere", "l4proxy.a.network")]
    [InlineData("l4proxy.a.network=", "l4proxy.a.network")]
    [InlineData("l4proxy.a.weight=1001", "l4proxy.a.weight")]
    [InlineData("l4proxy.a.weight=-1", "l4proxy.a.weight")]
    [InlineData("l4proxy.a.cluster=", "l4proxy.a.cluster")]
    [InlineData("l4proxy.a.proxyprotocol=V3", "l4proxy.a.proxyprotocol")]
    [InlineData("l4proxy.a.loadbalancingpolicy=RoundRobbin", "l4proxy.a.loadbalancingpolicy")]
    [InlineData("l4proxy.a.snl=a.example.com", "l4proxy.a.snl")]
    [InlineData("l4proxy.a.=1", "l4proxy.a.")]
    public void What_is_wrong_is_said_by_its_label_and_only_that_route_is_left_out(string labels, string label)
    {
        var all = Lines("l4proxy.a.listen=:1\nl4proxy.a.port=1").Concat(Lines(labels)).Concat(Lines("l4proxy.b.listen=:2\nl4proxy.b.port=2"))
            .Select(line => line.Split('=', 2)).GroupBy(line => line[0]).Select(line => $"{line.Key}={line.Last()[1]}");
        var result = Read(Container([.. all]));

        Assert.Contains($"container broker: label {label}", result.Errors.Select(error => error.Path));
        Assert.Equal(["tcp://*:2 -> 172.18.0.2:2"], Routes(result));
        AssertValid(result);
    }

    [Theory]
    [InlineData("l4proxy.enabled=true", "l4proxy.enabled")]
    [InlineData("l4proxy.enable=yes", "l4proxy.enable")]
    [InlineData("l4proxy.=1", "l4proxy.")]
    [InlineData("l4proxy.a.port=1", "l4proxy.a.listen")]
    public void Labels_that_are_no_route_are_said(string label, string said)
    {
        var result = Read(Container(label));

        Assert.Equal($"container broker: label {said}", Assert.Single(result.Errors).Path);
        Assert.Empty(result.Config.Routes!);
    }

    /// <summary>What other sources listen on: an endpoint is named, or found by what it listens on, and nothing is taken from it.</summary>
    [Fact]
    public void Endpoints_of_other_sources_are_used()
    {
        var others = new Dictionary<string, L4Endpoint>
        {
            ["https"] = new() { Url = "tcp://*:443" }, ["web"] = new() { Kestrel = "Https" }, ["local"] = new() { Url = "tcp://127.0.0.1:22" }, ["dns"] = new() { Url = "udp://*:53" },
        };
        var result = DockerLabels.Read(
            [Container(Lines("""
                l4proxy.a.listen=:443
                l4proxy.a.port=1
                l4proxy.b.endpoints=web
                l4proxy.b.port=2
                l4proxy.c.endpoints=http
                l4proxy.c.port=3
                l4proxy.d.listen=:22
                l4proxy.d.port=4
                l4proxy.e.endpoints=https
                l4proxy.e.port=5
                l4proxy.e.tls=Terminate
                l4proxy.f.endpoints=dns
                l4proxy.f.port=53/udp
                """))], Options, others);

        Assert.Equal(["https -> 172.18.0.2:1", "web -> 172.18.0.2:2", "dns -> 172.18.0.2:53"], Routes(result));
        Assert.Equal(
            ["container broker: label l4proxy.c.endpoints", "container broker: label l4proxy.d.listen", "container broker: label l4proxy.e.tls"],
            result.Errors.Select(error => error.Path).Order());
        Assert.Contains("did you mean 'https'", result.Errors[0].Message, StringComparison.Ordinal);
    }
}
