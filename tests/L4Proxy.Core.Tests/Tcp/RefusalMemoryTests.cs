using L4Proxy.Configuration;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A destination of TCP that refused is left for a while, by every policy.</summary>
public sealed class RefusalMemoryTests
{
    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public async Task A_destination_that_refused_is_not_dialled_for_each_client(string policy)
    {
        using var upstream = new TestUpstream();
        var config = To(upstream.Address);
        await using var proxy = TestProxy.Start(config with
        {
            Clusters = Map(("up", Cluster(TestUpstream.Nowhere(), upstream.Address) with { LoadBalancingPolicy = policy })),
        });
        for (var i = 0; i < 30; i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync("hello");
            using var server = await upstream.AcceptAsync();
            await server.ExpectAsync("hello");
        }
        // The first one of them, and each whose turn comes when the time is over: not half of them.
        Assert.InRange(proxy.Log.Lines.Count(line => line.Contains(" ConnectFailed:", StringComparison.Ordinal)), 1, 4);
    }

    [Fact]
    public async Task It_is_dialled_where_there_is_no_other()
    {
        var nowhere = TestUpstream.Nowhere();
        await using var proxy = TestProxy.Start(To(nowhere) with { Clusters = Map(("up", Cluster(nowhere) with { Retry = new L4Retry { MaxAttempts = 1 } })) });
        using (var refused = await proxy.ConnectAsync())
            await refused.ExpectResetAsync();
        using var back = new TestUpstream(nowhere);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var server = await back.AcceptAsync();
        await server.ExpectAsync("hello");
    }
}
