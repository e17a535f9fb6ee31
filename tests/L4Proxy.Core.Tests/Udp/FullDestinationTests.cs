using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary><c>MaxConnections</c> and <c>Backup</c> of a destination, on flows.</summary>
public sealed class FullDestinationTests
{
    [Theory]
    [InlineData(L4UdpAffinity.SourceIpPort)]
    [InlineData(L4UdpAffinity.SourceIp)]
    public async Task A_flow_too_many_goes_to_the_backup_and_then_nowhere(L4UdpAffinity affinity)
    {
        using var first = new TestDatagrams();
        using var second = new TestDatagrams();
        var cluster = Cluster(first.Address, second.Address);
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", cluster with
            {
                Udp = new L4Udp { Affinity = affinity },
                Destinations = Map(
                    ("d0", cluster.Destinations!["d0"] with { MaxConnections = 1 }),
                    ("d1", cluster.Destinations["d1"] with { MaxConnections = 1, Backup = true })),
            })),
        });
        using var one = new TestDatagrams();
        using var two = new TestDatagrams();
        using var three = new TestDatagrams();

        await one.SendAsync("one", proxy.AddressOf());
        await first.ExpectAsync("one");
        await two.SendAsync("two", proxy.AddressOf());
        await second.ExpectAsync("two");
        await three.SendAsync("three", proxy.AddressOf());
        Assert.Equal(L4EndReason.DestinationsFull, (await proxy.NextRecordAsync()).EndReason);
        await one.SendAsync("more", proxy.AddressOf());
        await first.ExpectAsync("more");
    }
}
