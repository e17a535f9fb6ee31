using L4Proxy.Providers.Docker;
using static L4Proxy.Providers.Tests.Docker.Labelled;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>By which address a container is reached.</summary>
public sealed class DockerHostTests
{
    private static readonly DockerContainer s_tcp = Container("l4proxy.a.listen=:1", "l4proxy.a.port=80");
    private static readonly DockerContainer s_udp = Container("l4proxy.a.listen=udp/:1", "l4proxy.a.port=80");
    private static readonly L4DockerOptions s_away = Options with { HostAddress = "192.0.2.5" };

    [Fact]
    public void On_the_hosts_own_network_it_is_loopback_or_the_host()
    {
        var onHost = s_tcp with { NetworkMode = "host", Networks = new Dictionary<string, DockerAddress> { ["host"] = new("", "") } };

        Assert.Equal("127.0.0.1:80", AddressOf(Options, onHost));
        Assert.Equal("192.0.2.5:80", AddressOf(s_away, onHost));
        Assert.Equal("[2001:db8::5]:80", AddressOf(Options with { HostAddress = "2001:db8::5" }, onHost));
        Assert.Equal("docker.example.com:80", AddressOf(Options with { HostAddress = "docker.example.com" }, onHost));
    }

    [Fact]
    public void From_another_machine_it_is_the_published_port_of_the_same_protocol()
    {
        DockerPort[] ports = [new(80, IsUdp: true, Published: 5080), new(8080, Published: 5081), new(80), new(80, Published: 18080, HostAddress: "0.0.0.0"), new(80, Published: 18080, HostAddress: "::")];

        Assert.Equal("192.0.2.5:18080", AddressOf(s_away, s_tcp with { Ports = ports }));
        Assert.Equal("192.0.2.5:5080", AddressOf(s_away, s_udp with { Ports = ports }));
    }

    [Fact]
    public void A_port_that_is_not_published_or_elsewhere_is_said()
    {
        Assert.Equal("Its port 80 (tcp) is not published, and containers are reached by the ports that '192.0.2.5' publishes.", Refused(s_away, s_tcp with { Ports = [new(80), new(80, IsUdp: true, Published: 1)] }));
        Assert.Equal("Its port 80 is published on 127.0.0.1 alone, where '192.0.2.5' does not lead.", Refused(s_away, s_tcp with { Ports = [new(80, Published: 1, HostAddress: "127.0.0.1")] }));
        Assert.Equal("192.0.2.5:1", AddressOf(s_away, s_tcp with { Ports = [new(80, Published: 1, HostAddress: "192.0.2.5")] }));
        Assert.Equal("docker.example.com:1", AddressOf(Options with { HostAddress = "docker.example.com" }, s_tcp with { Ports = [new(80, Published: 1, HostAddress: "192.0.2.5")] }));
    }

    [Fact]
    public void Of_several_networks_it_is_the_labels_the_options_the_gateways_or_the_first()
    {
        var networks = new Dictionary<string, DockerAddress> { ["z"] = new("10.0.0.26"), ["b"] = new("10.0.0.2"), ["empty"] = new(""), ["shop_back"] = new("10.0.0.9"), ["m"] = new("10.0.0.13") };
        var container = s_tcp with { Networks = networks };
        var gateway = Container() with { Id = "0123456789abcdef", Name = "edge", Networks = new Dictionary<string, DockerAddress> { ["m"] = new("10.0.0.14"), ["z"] = new("10.0.0.27") } };

        Assert.Equal("10.0.0.2:80", AddressOf(Options, container));
        Assert.Equal("10.0.0.26:80", AddressOf(Options with { Network = "z" }, container));
        Assert.Equal("10.0.0.2:80", AddressOf(Options with { Network = "unheard" }, container));
        Assert.Equal("10.0.0.13:80", AddressOf(Options with { OwnContainer = "0123456789ab" }, container, gateway));
        Assert.Equal("10.0.0.13:80", AddressOf(Options with { OwnContainer = "edge" }, container, gateway));
        Assert.Equal("10.0.0.2:80", AddressOf(Options with { OwnContainer = "someone" }, container, gateway));
        Assert.Equal("10.0.0.26:80", AddressOf(Options with { Network = "m" }, With(container, "l4proxy.a.network=z")));
        Assert.Equal("10.0.0.9:80", AddressOf(Options, With(container, "l4proxy.a.network=back", "com.docker.compose.project=shop")));
        Assert.Equal("It has no address in a network 'unheard'; it is in b, empty, m, shop_back, z.", Refused(Options, With(container, "l4proxy.a.network=unheard")));
    }

    [Fact]
    public void A_network_may_be_of_IPv6_alone()
    {
        Assert.Equal("[fd00:1::2]:80", AddressOf(Options, s_tcp with { Networks = new Dictionary<string, DockerAddress> { ["six"] = new("", "fd00:1::2") } }));
        Assert.Equal("10.0.0.2:80", AddressOf(Options, s_tcp with { Networks = new Dictionary<string, DockerAddress> { ["both"] = new("10.0.0.2", "fd00:1::2") } }));
    }

    [Fact]
    public void Without_a_network_there_is_no_way()
    {
        Assert.Equal("It has no address in any network.", Refused(Options, s_tcp with { NetworkMode = "none", Networks = new Dictionary<string, DockerAddress> { ["none"] = new("") } }));
    }

    [Fact]
    public void A_container_in_the_network_of_another_is_reached_there()
    {
        var vpn = Container() with { Id = "fedcba9876543210", Name = "vpn", Networks = new Dictionary<string, DockerAddress> { ["net"] = new("10.0.0.7") }, Ports = [new(80, Published: 8)] };
        var behind = s_tcp with { NetworkMode = "container:fedcba9876543210", Networks = new Dictionary<string, DockerAddress>() };

        Assert.Equal("10.0.0.7:80", AddressOf(Options, vpn, behind));
        Assert.Equal("192.0.2.5:8", AddressOf(s_away, vpn, behind));
        Assert.Equal("It has the network of the container 'fedcba9876543210', which is not running.", Refused(Options, behind));
        Assert.Equal("It has the network of the container 'broker', which is not running.", Refused(Options, behind with { NetworkMode = "container:broker" }));
    }

    [Theory]
    [InlineData(1, "The container's health check has not passed yet: it is left out until then.")]
    [InlineData(3, "The container is unhealthy: it is left out while it is.")]
    public void A_container_that_is_not_healthy_is_left_out_and_an_address_that_is_written_out_is_not(int health, string message)
    {
        string[] labels = ["l4proxy.a.listen=:1", "l4proxy.a.port=80", "caddy.layer4_0=:2", "caddy.layer4_0.route.proxy={{upstreams 80}}", "caddy.layer4_1=:3", "caddy.layer4_1.route.proxy=192.0.2.9:3"];
        var result = Read(Container(labels) with { Health = (DockerHealth)health });

        Assert.Empty(result.Errors);
        Assert.Equal([message, message], result.Warnings.Select(warning => warning.Message));
        Assert.Equal(["tcp://*:3 -> 192.0.2.9:3"], Routes(result));
        Assert.Equal(3, Routes(Read(Container(labels) with { Health = DockerHealth.Healthy })).Count);
    }

    private static DockerContainer With(DockerContainer container, params string[] labels) =>
        container with { Labels = container.Labels.Concat(Container(labels).Labels).ToDictionary() };

    private static string AddressOf(L4DockerOptions options, params DockerContainer[] containers)
    {
        var result = DockerLabels.Read(containers, options);
        Assert.Empty(result.Errors);
        AssertValid(result);
        return Assert.Single(Assert.Single(result.Config.Clusters!).Value.Destinations!).Value.Address!;
    }

    private static string Refused(L4DockerOptions options, params DockerContainer[] containers)
    {
        var result = DockerLabels.Read(containers, options);
        Assert.Empty(result.Config.Routes!);
        return Assert.Single(result.Errors).Message;
    }
}
