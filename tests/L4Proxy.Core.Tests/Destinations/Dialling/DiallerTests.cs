using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.Dialling;

/// <summary>A destination is dialled in the same way for whoever is no connection.</summary>
public sealed class DiallerTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    private static async Task<(TestProbe Probe, DialOutcome Outcome)> DialAsync(TestProxy proxy)
    {
        var (probe, cluster) = (new TestProbe(proxy.Get<CoarseClock>()), proxy.Server.Snapshot.Clusters["up"]);
        return (probe, await proxy.Get<Dialler>().DialAsync(probe, cluster, cluster.Destinations[0], attempt: 1));
    }

    private static L4Config WithHeader(EndPoint upstream) => To(upstream) with
    {
        Clusters = Map(("up", Cluster(upstream) with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 } })),
    };

    [Fact]
    public async Task The_PROXY_header_is_its_own()
    {
        await using var proxy = TestProxy.Start(WithHeader(_upstream.Address));
        var (probe, outcome) = await DialAsync(proxy);
        Assert.Equal(L4EndReason.None, outcome.Failure);
        using var server = await _upstream.AcceptAsync();
        // LOCAL: it speaks for itself.
        await server.ExpectAsync("\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0");
        await probe.Upstream!.DisposeAsync();
        await server.ExpectFinAsync();
    }

    [Fact]
    public async Task Nobody_there_is_an_outcome_and_counts_against_nobody_until_it_is_told()
    {
        await using var proxy = TestProxy.To(TestUpstream.Nowhere());
        var (_, outcome) = await DialAsync(proxy);
        Assert.Equal((L4EndReason.ConnectRefused, DialAgain.Later), (outcome.Failure, outcome.Again));
        Assert.Equal((0, 0), (proxy.Server.Snapshot.Clusters["up"].Destinations[0].State.Active, proxy.Server.Snapshot.Clusters["up"].State.Changes));
    }

    [Fact]
    public async Task Its_own_time_limit_ends_it()
    {
        var time = new ManualTimeProvider();
        var dials = new ScriptedDials(_upstream.Address);
        await using var proxy = TestProxy.Start(
            To(_upstream.Address), services => services.AddSingleton<TimeProvider>(time).AddSingleton<SocketTransport>(dials));
        var dialling = DialAsync(proxy);
        await dials.NextAsync(_upstream.Address.ToString()!);
        time.Advance(TestProbe.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(dialling.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(L4EndReason.ConnectTimeout, (await dialling).Outcome.Failure);
    }

    public void Dispose() => _upstream.Dispose();
}
