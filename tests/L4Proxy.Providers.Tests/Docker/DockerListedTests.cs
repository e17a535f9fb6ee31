using Docker.DotNet.Models;
using L4Proxy.Providers.Docker;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>What Engines answer, with what may be missing from it.</summary>
public sealed class DockerListedTests
{
    [Theory]
    [InlineData("Up 1 second", null, 0)]
    [InlineData("Up 1 second (health: starting)", null, 1)]
    [InlineData("Up 2 minutes (healthy)", null, 2)]
    [InlineData("Up 2 minutes (unhealthy)", null, 3)]
    [InlineData("Up 2 minutes", "none", 0)]
    [InlineData("Up 2 minutes", "starting", 1)]
    [InlineData("Up 2 minutes", "healthy", 2)]
    [InlineData("Up 2 minutes (healthy)", "unhealthy", 3)]
    [InlineData(null, null, 0)]
    public void Health_is_what_the_list_says_or_else_its_text(string? status, string? health, int expected)
    {
        var container = DockerListed.Of(new() { ID = "x", Names = ["/x"], Status = status!, Health = health is null ? null : new HealthSummary { Status = health } });

        Assert.Equal((DockerHealth)expected, container.Health);
    }

    [Fact]
    public void Names_ports_and_networks_are_what_they_are()
    {
        var container = DockerListed.Of(new()
        {
            ID = "0123456789abcdef",
            Names = ["/other/alias", "/broker"],
            HostConfig = new() { NetworkMode = "net" },
            NetworkSettings = new() { Networks = new Dictionary<string, EndpointSettings> { ["net"] = new() { IPAddress = "10.0.0.2", GlobalIPv6Address = "fd00::2" }, ["gone"] = null! } },
            Ports = [new() { PrivatePort = 81, Type = "tcp" }, new() { IP = "::", PrivatePort = 80, PublicPort = 18080, Type = "udp" }, new() { PrivatePort = 82, Type = "sctp" }],
        });

        Assert.Equal(("broker", "net", false), (container.Name, container.NetworkMode, container.IsOnHost));
        Assert.Equal(new DockerAddress("10.0.0.2", "fd00::2"), container.Networks["net"]);
        Assert.Equal([new DockerPort(81), new DockerPort(80, IsUdp: true, 18080, "::")], container.Ports);
    }

    [Fact]
    public void An_answer_in_which_all_is_missing_is_a_container_with_nothing()
    {
        var container = DockerListed.Of(new() { ID = null!, Status = null! });

        Assert.Equal(("", "", ""), (container.Id, container.Name, container.NetworkMode));
        Assert.Empty(container.Labels);
    }
}
