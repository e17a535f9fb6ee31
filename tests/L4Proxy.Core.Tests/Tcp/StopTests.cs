using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Udp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

public sealed class StopTests : IDisposable
{
    private const int Count = 300;

    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task Each_connection_that_a_stop_cuts_has_its_record_when_the_stop_is_over()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { ShutdownTimeout = TimeSpan.Zero });
        var measured = 0L;
        using var listener = ProxyMeter.Listen(proxy, (_, count, _, _) => Interlocked.Add(ref measured, count), "l4proxy.connections");
        var peers = new List<TestPeer>();
        for (var i = 0; i < Count; i++)
        {
            var client = await proxy.ConnectAsync();
            peers.AddRange([client, await _upstream.AcceptAsync()]);
            await client.SendAsync("x");
        }

        await proxy.Server.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Count, proxy.Records.Count);
        Assert.Equal(Count, Interlocked.Read(ref measured));
        for (var i = 0; i < Count; i++)
            Assert.Equal(L4EndReason.Shutdown, (await proxy.NextRecordAsync()).EndReason);
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task Each_flow_that_a_stop_cuts_has_its_record_when_the_stop_is_over()
    {
        await using var echo = new TestEcho();
        await using var proxy = TestProxy.Start(new L4Config
        {
            ShutdownTimeout = TimeSpan.Zero,
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", Cluster(echo.Address))),
        });
        var clients = Enumerable.Range(0, Count).Select(_ => new TestDatagrams()).ToList();
        foreach (var client in clients)
        {
            await client.SendAsync("x", proxy.AddressOf());
            await client.ExpectAsync("x");
        }

        await proxy.Server.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Count, proxy.Records.Count);
        clients.ForEach(client => client.Dispose());
    }

    public void Dispose() => _upstream.Dispose();
}
