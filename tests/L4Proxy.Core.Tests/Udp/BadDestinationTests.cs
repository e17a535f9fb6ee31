using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>The rows of docs/bad-destinations.md that are about flows: alone, and beside a healthy destination that comes second.</summary>
public sealed class BadDestinationTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestDatagrams _client = new();
    private readonly TestDatagrams _bad = new();
    private readonly TestDatagrams _healthy = new();

    [Theory, InlineData(false), InlineData(true)]
    public async Task No_server_is_at_its_port(bool beside)
    {
        var address = _bad.Address;
        _bad.Dispose();
        await using var proxy = Start(beside, address);
        await _client.SendAsync("hello", proxy.AddressOf());
        if (beside)
            await ServedAsync();
        else
            Assert.Equal((L4EndReason.UpstreamRefused, TimeSpan.Zero), await EndAsync(proxy));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Datagrams_to_it_are_lost(bool beside)
    {
        using var cable = NetworkNamespace.Create(beside ? 185 : 186);
        using var lost = cable.Enter(() => new TestDatagrams(new IPEndPoint(cable.There, 0)));
        cable.Lose();
        await using var proxy = Start(beside, lost.Address);
        await SilentAsync(proxy);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_hears_and_never_answers(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        await SilentAsync(proxy, hears: true);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_answers_from_another_port(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        using var otherPort = new TestDatagrams();
        await _client.SendAsync("hello", proxy.AddressOf());
        var flow = await _bad.ExpectAsync("hello");
        await otherPort.SendAsync("not from where you asked", flow);
        // Behind it, so that it is known to have come to nothing.
        await _bad.SendAsync("from where you asked", flow);
        await _client.ExpectAsync("from where you asked");
        Assert.True(_client.IsEmpty);
        Assert.True(_healthy.IsEmpty);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_goes_away_while_it_has_flows(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        await _client.SendAsync("hello", proxy.AddressOf());
        await _bad.SendAsync("howdy", await _bad.ExpectAsync("hello"));
        await _client.ExpectAsync("howdy");
        _bad.Dispose();
        await _client.SendAsync("lost", proxy.AddressOf());
        Assert.Equal(L4EndReason.UpstreamRefused, (await EndAsync(proxy)).Reason);
        if (!beside)
            return;
        await _client.SendAsync("hello", proxy.AddressOf());
        await ServedAsync();
    }

    public void Dispose()
    {
        _client.Dispose();
        _bad.Dispose();
        _healthy.Dispose();
    }

    private static async Task<(L4EndReason Reason, TimeSpan After)> EndAsync(TestProxy proxy)
    {
        var record = await proxy.NextRecordAsync();
        return (record.EndReason, record.Duration);
    }

    private TestProxy Start(bool beside, EndPoint bad) => TestProxy.Start(
        new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", beside ? Cluster(bad, _healthy.Address) : Cluster(bad))),
        },
        services => services.AddSingleton<TimeProvider>(_time));

    private async Task ServedAsync()
    {
        await _healthy.SendAsync("howdy", await _healthy.ExpectAsync("hello"));
        await _client.ExpectAsync("howdy");
    }

    /// <summary>The client hears nothing, from nobody; the flow is forgotten when it has been silent long enough.</summary>
    private async Task SilentAsync(TestProxy proxy, bool hears = false)
    {
        await _client.SendAsync("hello", proxy.AddressOf());
        if (hears)
            await _bad.ExpectAsync("hello");
        var ending = EndAsync(proxy);
        while (!ending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        var (reason, after) = await ending;
        Assert.Equal(L4EndReason.IdleTimeout, reason);
        Assert.True(after >= TimeSpan.FromSeconds(60), $"after {after}");
        Assert.True(_client.IsEmpty);
        Assert.True(_healthy.IsEmpty);
    }
}
