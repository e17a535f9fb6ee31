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

    private static readonly string[] s_meant =
    [
        "caddy.layer4=:443", "caddy.layer4=:443", "caddy.layer4=udp/:53", "caddy.layer4.route.proxy={{upstreams 80}}", "caddy.layer4.route.proxy={{upstreams 80}}", "caddy.layer4.route.proxy=a:1 b:2",
        "caddy.layer4.@x=tls sni *.example.com", "caddy.layer4.@x.remote_ip=10.0.0.0/8", "caddy.layer4.@y=regexp ^a 9", "caddy.layer4.route=@x", "caddy.layer4.:1.route.proxy={tls.regexp.1}:1",
        "l4proxy.a.listen=:443", "l4proxy.a.listen=:443", "l4proxy.a.listen=127.0.0.1:440-450", "l4proxy.a.port=80", "l4proxy.a.port=80", "l4proxy.a.sni=a.example.com", "l4proxy.a.order=1",
        "l4proxy.a.sniregex=(?<x>.*)", "l4proxy.b.endpoints=e", "l4proxy.b.port=53/udp", "l4proxy.b.port=80", "l4proxy.b.tls=Terminate", "l4proxy.a.cluster=c", "l4proxy.b.cluster=c",
        "l4proxy.a.proxyprotocol=V1", "l4proxy.b.proxyprotocol=V2", "l4proxy.b.weight=0", "com.docker.compose.project=p", "com.docker.compose.service=s", "l4proxy.enable=true",
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
    public void A_container_that_starts_takes_nothing_from_an_older_one()
    {
        var older = Named("z", "10.0.0.1", "l4proxy.r.listen=:1005", "l4proxy.r.port=1") with { Created = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
        var younger = Named("a", "10.0.0.2", "l4proxy.r.listen=127.0.0.1:1000-1010", "l4proxy.r.port=1", "l4proxy.s.listen=:7", "l4proxy.s.port=7") with { Created = older.Created.AddDays(1) };

        Assert.Equal(["tcp://*:7 -> 10.0.0.2:7", "tcp://*:1005 -> 10.0.0.1:1"], Routes(Read(older, younger)));
    }

    /// <summary>Five hundred containers beside two thousand endpoints, of which some cannot be.</summary>
    [Fact]
    public void Many_are_no_trouble()
    {
        var others = Enumerable.Range(1, 2000).ToDictionary(i => $"e{i}", i => new L4Endpoint { Url = $"tcp://*:{i}" });
        var containers = Enumerable.Range(0, 500).Select(i => i % 125 == 0
            ? Named($"c{i:D4}", "10.0.0.1", "l4proxy.a.listen=127.0.0.1:20", "l4proxy.a.port=1")
            : Named($"c{i:D4}", $"10.0.{i / 250}.{i % 250}", "l4proxy.a.listen=:443", $"l4proxy.a.sni=c{i}.example.com", "l4proxy.a.port=1")).ToList();
        var result = DockerLabels.Read(containers, Options, others);

        Assert.Equal(496, result.Config.Routes!.Count);
        Assert.Equal(["container c0000: label l4proxy.a.listen", "container c0125: label l4proxy.a.listen", "container c0250: label l4proxy.a.listen", "container c0375: label l4proxy.a.listen"], result.Errors.Select(error => error.Path));
        Assert.Empty(result.Config.Endpoints!);
    }

    /// <summary>What is wrong with other sources is not for containers to pay for.</summary>
    [Fact]
    public void Errors_of_others_are_not_theirs()
    {
        var others = new Dictionary<string, L4Endpoint> { ["a"] = new() { Url = "tcp://*:1" }, ["b"] = new() { Url = "tcp://*:1" } };
        var result = DockerLabels.Read([Named("c", "10.0.0.1", "l4proxy.a.endpoints=a", "l4proxy.a.port=1")], Options, others);

        Assert.Empty(result.Errors);
        Assert.Single(result.Config.Routes!);
    }

    [Fact]
    public void Nothing_is_a_configuration_too() => Assert.Equal("""{"Endpoints":{},"Routes":{},"Clusters":{}}""", Json(Read()));

    [Fact]
    public void Whatever_labels_say_nothing_throws_and_what_comes_of_it_is_valid()
    {
        var text = Gen.OneOf(OneOf(s_words), Gen.String[0, 8]);
        // Mostly what could be meant, here and there anything.
        var value = Gen.Frequency((6, OneOf(s_meant)), (1, Gen.Select(OneOf(s_meant), text, (label, other) => $"{label.Split('=')[0]}={other}")), (1, Gen.Select(OneOf(s_meant), text, text, (label, step, other) => $"{label.Split('=')[0]}.{step}={other}")));
        var labels = value.Array[0, 12].Select(lines => lines.Select(line => line.Split('=', 2)).GroupBy(line => line[0]).ToDictionary(line => line.Key, line => line.Last()[1]));
        var container = Gen.Select(labels, text, Gen.Int[0, 3], Gen.OneOf(OneOf("net", "host", "none", "container:x", ""), text), (said, name, health, mode) =>
            Container() with
            {
                Name = name, NetworkMode = mode, Health = (DockerHealth)health, Ports = [new(80, Published: 8080), new(53, IsUdp: true)],
                Labels = said,
            });

        var made = 0;
        Gen.Select(container.Array[0, 4], Gen.Bool).Sample((containers, away) =>
        {
            var result = DockerLabels.Read(containers, Options with { HostAddress = away ? "192.0.2.5" : null });
            AssertValid(result with { Config = WithNamed(result.Config) });
            Interlocked.Add(ref made, result.Config.Routes!.Count);
        }, iter: 500);
        Assert.True(made > 20, $"Only {made} routes came of it: they say nothing.");
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
