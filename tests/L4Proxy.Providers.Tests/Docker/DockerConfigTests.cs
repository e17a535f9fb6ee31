using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Providers.Docker;
using static L4Proxy.Providers.Tests.Docker.Labelled;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>Containers together.</summary>
public sealed class DockerConfigTests
{
    private static readonly string[] s_words =
    [
        "caddy", "layer4", "layer4_0", "route", "route_1", "proxy", "@x", "@sni", "upstream", ":443", "udp/:53", "l4proxy", "a", "listen", "port", "sni", "sniregex", "tls", "order",
        "cluster", "endpoints", "network", "weight", "", ".", "..", "{{upstreams 80}}", "{{", "}}", "tls sni *.example.com", "not not tls", "regexp ( 1", "http host {x}", "9", "-1", "*",
        "\0", "\ud800", "com.docker.compose.project", "com.docker.compose.service", "enable", "true", "host:1 host:2", "{tls.regexp.1}:1", "\u00e9", "`", "\"",
    ];

    [Fact]
    public void Replicas_of_a_Compose_service_are_destinations_of_one_cluster()
    {
        var replicas = Enumerable.Range(1, 3).Select(i => Replica($"shop-mqtt-{i}", $"172.18.0.{i}", "l4proxy.mqtt.listen=:1883", "l4proxy.mqtt.port=1883", $"l4proxy.mqtt.weight={i}")).ToArray();
        var result = Read([.. replicas.Reverse()]);

        Assert.Equal(
            """{"Endpoints":{"docker-tcp-1883":{"Url":"tcp://*:1883"}},"Routes":{"docker-shop-mqtt-mqtt":{"Endpoints":["docker-tcp-1883"],"ClusterId":"docker-shop-mqtt-mqtt"}},"Clusters":{"docker-shop-mqtt-mqtt":{"Destinations":{"shop-mqtt-1":{"Address":"172.18.0.1:1883","Weight":1},"shop-mqtt-2":{"Address":"172.18.0.2:1883","Weight":2},"shop-mqtt-3":{"Address":"172.18.0.3:1883","Weight":3}}}}}""",
            Json(result));
        Assert.Equal(Json(result), Json(Read(replicas)));
        AssertValid(result);
    }

    [Fact]
    public void So_are_those_with_labels_of_Caddys_form_and_an_unhealthy_one_is_none()
    {
        string[] labels = ["caddy.layer4=:1883", "caddy.layer4.route.proxy={{upstreams 1883}}"];
        var result = Read(Replica("shop-mqtt-1", "172.18.0.1", labels), Replica("shop-mqtt-2", "172.18.0.2", labels) with { Health = DockerHealth.Unhealthy }, Replica("shop-mqtt-3", "172.18.0.3", labels));

        Assert.Equal(["tcp://*:1883 -> 172.18.0.1:1883,172.18.0.3:1883"], Routes(result));
    }

    [Fact]
    public void Containers_that_name_a_cluster_share_it_and_the_same_route_is_one()
    {
        string[] labels = ["l4proxy.mqtt.listen=:1883", "l4proxy.mqtt.port=1883", "l4proxy.mqtt.cluster=brokers"];
        var result = Read(Named("one", "10.0.0.1", labels), Named("two", "10.0.0.2", labels));

        Assert.Equal("docker-brokers", Assert.Single(result.Config.Clusters!).Key);
        Assert.Equal(2, result.Config.Clusters!["docker-brokers"].Destinations!.Count);
        Assert.Equal("docker-brokers-mqtt", Assert.Single(result.Config.Routes!).Key);
    }

    [Fact]
    public void A_service_that_is_replaced_bit_by_bit_has_both_routes_meanwhile()
    {
        var result = Read(
            Replica("shop-mqtt-1", "172.18.0.1", "l4proxy.a.listen=:443", "l4proxy.a.port=1", "l4proxy.a.sni=new.example.com"),
            Replica("shop-mqtt-2", "172.18.0.2", "l4proxy.a.listen=:443", "l4proxy.a.port=1", "l4proxy.a.sni=old.example.com"));

        Assert.Equal(["docker-shop-mqtt-a", "docker-shop-mqtt-a-2"], result.Config.Routes!.Keys);
        Assert.Single(result.Config.Clusters!);
        AssertValid(result);
    }

    [Fact]
    public void Of_a_shared_cluster_the_first_is_believed()
    {
        string[] labels = ["l4proxy.a.listen=:1", "l4proxy.a.port=1", "l4proxy.a.cluster=c"];
        var result = Read(
            Named("one", "10.0.0.1", [.. labels, "l4proxy.a.proxyprotocol=V1"]), Named("three", "10.0.0.3", [.. labels, "l4proxy.a.proxyprotocol=V2"]),
            Named("two", "10.0.0.2", [.. labels, "l4proxy.a.loadbalancingpolicy=First"]));

        Assert.Equal("container three: label l4proxy.a", Assert.Single(result.Errors).Path);
        var cluster = Assert.Single(result.Config.Clusters!).Value;
        Assert.Equal(("First", L4ProxyProtocolVersion.V1), (cluster.LoadBalancingPolicy, cluster.ProxyProtocol!.Version));
        Assert.Equal(["one", "two"], cluster.Destinations!.Keys);
    }

    /// <summary>A name without a wildcard goes first, whatever container came first.</summary>
    [Fact]
    public void Routes_have_no_order_but_their_own()
    {
        var result = Read(
            Named("one", "10.0.0.1", "caddy.layer4=:443", "caddy.layer4.@s=tls sni *.example.com", "caddy.layer4.route.proxy={{upstreams 1}}"),
            Named("two", "10.0.0.2", "caddy.layer4=:443", "caddy.layer4.@s=tls sni a.example.com", "caddy.layer4.route.proxy={{upstreams 1}}"));

        Assert.Single(result.Config.Endpoints!);
        Assert.All(result.Config.Routes!.Values, route => Assert.Null(route.Order));
    }

    /// <summary>What is right by itself and wrong beside others: the first keeps the port.</summary>
    [Fact]
    public void Of_two_that_cannot_both_be_only_the_second_is_left_out()
    {
        var result = Read(
            Named("a", "10.0.0.1", "l4proxy.r.listen=:1000-1010", "l4proxy.r.port=1"), Named("b", "10.0.0.2", "l4proxy.r.listen=127.0.0.1:1005", "l4proxy.r.port=1"),
            Named("c", "10.0.0.3", "l4proxy.r.listen=:2000", "l4proxy.r.port=1"));

        Assert.Equal("container b: label l4proxy.r.listen", Assert.Single(result.Errors).Path);
        Assert.Equal(["tcp://*:1000-1010 -> 10.0.0.1:1", "tcp://*:2000 -> 10.0.0.3:1"], Routes(result));
        AssertValid(result);
    }

    [Fact]
    public void Nothing_is_a_configuration_too() => Assert.Equal("""{"Endpoints":{},"Routes":{},"Clusters":{}}""", Json(Read()));

    [Fact]
    public void Whatever_labels_say_nothing_throws_and_what_comes_of_it_is_valid()
    {
        var text = Gen.OneOf(OneOf(s_words), Gen.String[0, 8]);
        var key = Gen.Select(OneOf("caddy.layer4", "caddy.layer4_0", "caddy.layer4.@x", "caddy.layer4.route", "l4proxy.a", "l4proxy"), text.Array[0, 3], (start, steps) => string.Join('.', [start, .. steps]));
        var listen = OneOf("caddy.layer4", "l4proxy.a.listen", "l4proxy.b.listen", "caddy.layer4.route.proxy", "l4proxy.a.port", "l4proxy.b.sni");
        var labels = Gen.Select(Gen.OneOf(key, listen), Gen.Select(text, text, text.Array[0, 2], (one, other, more) => more.Length == 0 ? one : $"{one} {other}")).Array[0, 12];
        var container = Gen.Select(labels, text, Gen.Int[0, 3], Gen.OneOf(OneOf("net", "host", "none", "container:x", ""), text), (said, name, health, mode) =>
            Container() with
            {
                Name = name, NetworkMode = mode, Health = (DockerHealth)health, Ports = [new(80, Published: 8080), new(53, IsUdp: true)],
                Labels = said.GroupBy(label => label.Item1).ToDictionary(label => label.Key, label => label.Last().Item2),
            });

        Gen.Select(container.Array[0, 4], Gen.Bool).Sample((containers, away) =>
        {
            var result = DockerLabels.Read(containers, Options with { HostAddress = away ? "192.0.2.5" : null });
            AssertValid(result with { Config = WithNamed(result.Config) });
        }, iter: 500);
    }

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    // Endpoints of other sources, which labels may name.
    private static L4Config WithNamed(L4Config config) => config with
    {
        Endpoints = config.Endpoints!.Concat(config.Routes!.Values.SelectMany(route => route.Endpoints!).Distinct().Where(id => !config.Endpoints!.ContainsKey(id))
            .Select(id => KeyValuePair.Create(id, new L4Endpoint { Certificates = [new() { Path = "a.pem" }] }))).ToDictionary(),
    };

    private static DockerContainer Named(string name, string address, params string[] labels) =>
        Container(labels) with { Name = name, Networks = new Dictionary<string, DockerAddress> { ["net"] = new(address) } };

    private static DockerContainer Replica(string name, string address, params string[] labels) =>
        Named(name, address, [.. labels, "com.docker.compose.project=shop", "com.docker.compose.service=mqtt"]);
}
