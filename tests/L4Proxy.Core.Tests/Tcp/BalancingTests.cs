using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Policies on connections that stay.</summary>
public sealed class BalancingTests
{
    [Fact]
    public async Task With_LeastConnections_those_that_stay_are_even_and_what_ends_is_filled_up()
    {
        using var one = new TestUpstream();
        using var two = new TestUpstream();
        using var three = new TestUpstream();
        TestUpstream[] servers = [one, two, three];
        var config = To(one.Address);
        await using var proxy = TestProxy.Start(config with
        {
            Clusters = Map(("up", Cluster([.. servers.Select(server => server.Address)]) with { LoadBalancingPolicy = "LeastConnections" })),
        });
        var accepted = new Dictionary<TestUpstream, List<TestPeer>>(servers.Select(server => KeyValuePair.Create(server, new List<TestPeer>())));
        // Held: the runtime resets what nobody holds.
        var clients = new List<TestPeer>();
        var accepting = servers.ToDictionary(server => server, server => server.AcceptAsync());
        for (var i = 0; i < 30; i++)
            await ConnectAsync();
        Assert.All(accepted.Values, peers => Assert.Equal(10, peers.Count));

        for (var i = 0; i < 5; i++)
        {
            // Who says nothing first does not work, and gets nothing more.
            await accepted[two][i].SendAsync("bye");
            accepted[two][i].Reset();
            await proxy.NextRecordAsync();
        }
        for (var i = 0; i < 5; i++)
            await ConnectAsync();
        Assert.Equal((10, 15, 10), (accepted[one].Count, accepted[two].Count, accepted[three].Count));
        clients.ForEach(client => client.Dispose());

        async Task ConnectAsync()
        {
            clients.Add(await proxy.ConnectAsync());
            var first = await Task.WhenAny(accepting.Values);
            var server = accepting.Single(pair => pair.Value == first).Key;
            accepted[server].Add(await first);
            accepting[server] = server.AcceptAsync();
        }
    }
}
