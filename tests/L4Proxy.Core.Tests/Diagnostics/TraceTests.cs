using System.Diagnostics;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>The trace of a connection: what it says, and that there is none that nobody wants. Alone, since whoever listens hears of all proxies of the process.</summary>
[Collection(Alone.Name)]
public sealed class TraceTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task It_has_an_event_for_each_station_and_says_in_the_end_what_the_record_says()
    {
        using var heard = new Heard(ActivitySamplingResult.AllData);
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        server.Reset();
        await proxy.NextRecordAsync();

        var trace = Assert.Single(heard.Stopped);
        Assert.Equal(["matched", "secured", "connected"], trace.Events.Select(one => one.Name));
        Assert.Equal(("l4proxy.connection", ActivityStatusCode.Error, true), (trace.OperationName, trace.Status, trace.ParentId is null));
        Assert.Equal(
            ("in", "all", "up", "d0", "UpstreamReset", "localhost", 5L),
            (trace.GetTagItem("l4proxy.endpoint"), trace.GetTagItem("l4proxy.route"), trace.GetTagItem("l4proxy.cluster"), trace.GetTagItem("l4proxy.destination"), trace.GetTagItem("l4proxy.outcome"),
                trace.GetTagItem("tls.client.server_name"), trace.GetTagItem("l4proxy.bytes.up")));
        Assert.Contains(trace.Events.Last().Tags, tag => tag is { Key: "network.peer.address", Value: string address } && address == $"{_upstream.Address}");
    }

    [Fact]
    public async Task A_flow_has_one_too()
    {
        using var heard = new Heard(ActivitySamplingResult.AllData);
        using var server = new TestDatagrams();
        using var client = new TestDatagrams();
        await using var proxy = TestProxy.Start(To(server.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", Cluster(server.Address) with { Udp = new() { Responses = 1 } })),
        });
        await client.SendAsync("question", proxy.AddressOf());
        await server.SendAsync("answer", await server.ExpectAsync("question"));
        await client.ExpectAsync("answer");
        await proxy.NextRecordAsync();

        var trace = Assert.Single(heard.Stopped);
        Assert.Equal(("l4proxy.flow", "Completed", "udp"), (trace.OperationName, trace.GetTagItem("l4proxy.outcome"), trace.GetTagItem("network.transport")));
        Assert.Equal(ActivityStatusCode.Unset, trace.Status);
    }

    [Theory]
    [InlineData(ActivitySamplingResult.None)]
    [InlineData(ActivitySamplingResult.PropagationData)]
    public async Task One_that_is_sampled_out_is_not_there(ActivitySamplingResult sampling)
    {
        using var heard = new Heard(sampling);
        await using var proxy = TestProxy.To(_upstream.Address);
        using (var client = await proxy.ConnectAsync())
        using (var server = await _upstream.AcceptAsync())
        {
            Assert.Null(proxy.Get<SessionSet>().ToList().Single().Trace);
            client.Reset();
        }
        await proxy.NextRecordAsync();

        Assert.Empty(heard.Stopped);
    }

    private sealed class Heard : IDisposable
    {
        private readonly ActivityListener _listener;

        public Heard(ActivitySamplingResult sampling)
        {
            _listener = new()
            {
                ShouldListenTo = source => source.Name == "L4Proxy",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
                ActivityStopped = Stopped.Add,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public List<Activity> Stopped { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
