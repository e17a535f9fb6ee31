using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>Very many clients, each of them with one datagram. It measures memory, so it runs alone.</summary>
[Collection(Alone.Name)]
public sealed class FloodTests
{
    private const int MaxSessions = 500;
    // Fewer than a socket's receive buffer holds: nothing is lost before the proxy sees it, so that the counts are exact.
    private const int Batch = 100;
    private const int Sources = 20_000;
    // A kilobyte for each source refused would be more.
    private const long MaxGrowth = 16 * 1024 * 1024;

    [Fact]
    public async Task A_flood_of_sources_holds_at_MaxSessions_and_the_flow_that_was_there_keeps_answering()
    {
        await using var echo = new TestEcho();
        await using var proxy = TestProxy.Start(UdpTo(echo.Address));
        using var counts = new DatagramCounts(proxy);
        using var client = new TestDatagrams();
        await AskAsync(client, proxy, "before the flood");

        long full = 0;
        for (var source = 0; source < Sources; source++)
        {
            using (var flood = new TestDatagrams(Source(source)))
                await flood.SendAsync("flood", proxy.AddressOf());
            if (source % Batch != Batch - 1)
                continue;
            await AskAsync(client, proxy, $"after {source}");
            // The other shards have their own pace.
            await counts.WaitForAsync("up", source + 2 + (source + 1) / Batch);
            Assert.InRange(proxy.Get<UdpServer>().Count, 1, MaxSessions);
            if (full == 0 && proxy.Get<UdpServer>().Count == MaxSessions)
                full = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.Equal(MaxSessions, proxy.Get<UdpServer>().Count);
        Assert.Equal(Sources - (MaxSessions - 1), counts["up", DatagramOutcome.SessionsFull]);
        await counts.ExpectAsync("up", DatagramOutcome.Relayed, MaxSessions - 1 + 1 + Sources / Batch);
        Assert.NotEqual(0, full);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - full, long.MinValue, MaxGrowth);
    }

    // An address of loopback for each source: no two are one flow, whatever ports the system gives them.
    private static IPEndPoint Source(int number) => new(new IPAddress([127, 1, (byte)(number / 200), (byte)(1 + number % 200)]), 0);

    private static async Task AskAsync(TestDatagrams client, TestProxy proxy, string question)
    {
        await client.SendAsync(question, proxy.AddressOf());
        Assert.Equal(proxy.AddressOf(), await client.ExpectAsync(question));
    }

    private static L4Config UdpTo(EndPoint upstream) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Limits = new L4Limits { MaxSessions = MaxSessions } })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", Cluster(upstream))),
    };
}
