using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.Health;

/// <summary>What <see cref="IL4DestinationHealth"/> says.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Each_destination_is_said_with_what_is_known_of_it()
    {
        using var one = new TestUpstream();
        var config = To(one.Address) with
        {
            Clusters = Map(
                ("up", new L4Cluster
                {
                    Destinations = Map(
                        ("b", new L4Destination { Address = AddressOf(one.Address) }),
                        ("a", new L4Destination { Address = "127.0.0.1:1", Enabled = false })),
                }),
                ("probed", new L4Cluster
                {
                    Destinations = Map(("gone", new L4Destination { Address = AddressOf(TestUpstream.Nowhere()) })),
                    HealthCheck = new() { Active = new() { Enabled = true } },
                })),
        };
        await using var proxy = TestProxy.Start(config);
        var down = proxy.Log.WaitForAsync("DestinationDown");
        using var client = await proxy.ConnectAsync();
        using var server = await one.AcceptAsync();
        await server.SendAsync("welcome");
        await client.ExpectAsync("welcome");
        await down;

        var all = proxy.Get<IL4DestinationHealth>().GetDestinations();
        Assert.Equal(["probed/gone", "up/a", "up/b"], all.Select(destination => $"{destination.ClusterId}/{destination.DestinationId}"));
        Assert.Equal([L4DestinationHealth.Down, L4DestinationHealth.Disabled, L4DestinationHealth.Healthy], all.Select(destination => destination.Health));
        Assert.Equal([0, 0, 1], all.Select(destination => destination.ActiveConnections));
        Assert.Equal(AddressOf(one.Address), all[2].Address);
        Assert.NotNull(all[0].DownReason);
        Assert.Equal(all[0].DownReason, all[0].ProbeFailure);
        Assert.NotNull(all[0].ProbedAt);
        Assert.Null(all[2].ProbedAt);

        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(config with { Clusters = Map(("up", Cluster(TestUpstream.Nowhere()))) });
        await applied;
        all = proxy.Get<IL4DestinationHealth>().GetDestinations();
        Assert.Equal([("d0", L4DestinationHealth.Healthy, 0), ("b", L4DestinationHealth.Removed, 1)], all.Select(destination => (destination.DestinationId, destination.Health, destination.ActiveConnections)));
    }
}
