using System.Globalization;
using System.Net;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>One address on two reactors: what a client sends comes to one of them, and what holds for the endpoint holds over both.</summary>
public sealed class ShardTests : IAsyncDisposable
{
    private readonly TestEcho _echo = new();
    private readonly TestDatagrams _server = new();

    [Fact]
    public async Task Clients_of_both_shards_are_served_by_the_reactor_that_their_datagrams_come_to()
    {
        await using var proxy = Start(_echo.Address);
        using var counts = new DatagramCounts(proxy);
        var clients = Clients(32);
        for (var round = 0; round < 3; round++)
        {
            foreach (var client in clients)
            {
                await client.SendAsync($"round {round}", proxy.AddressOf());
                Assert.Equal(proxy.AddressOf(), await client.ExpectAsync($"round {round}"));
            }
        }
        Assert.Equal(clients.Count, proxy.Get<UdpServer>().Count);
        Assert.Equal(["L4Proxy reactor 0", "L4Proxy reactor 1"], counts.Threads.Order(StringComparer.Ordinal));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task MaxSessions_holds_for_both_shards_together()
    {
        await using var proxy = Start(_server.Address, limits: new L4Limits { MaxSessions = 7 });
        using var counts = new DatagramCounts(proxy);
        var clients = Clients(40);
        foreach (var client in clients)
            await client.SendAsync("hello", proxy.AddressOf());
        await counts.WaitForAsync("up", clients.Count);
        Assert.Equal(7, proxy.Get<UdpServer>().Count);
        Assert.Equal(7, counts["up", DatagramOutcome.Relayed]);
        Assert.Equal(33, counts["up", DatagramOutcome.SessionsFull]);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Flows_of_one_client_address_share_a_destination_whatever_shards_they_are_on()
    {
        using var other = new TestDatagrams();
        await using var proxy = Start(_server.Address, other.Address);
        using var counts = new DatagramCounts(proxy);
        var clients = Clients(32);
        foreach (var client in clients)
            await client.SendAsync("hello", proxy.AddressOf());
        await counts.WaitForAsync("up", clients.Count);
        Assert.Equal(2, counts.Threads.Count());
        Assert.True(_server.IsEmpty || other.IsEmpty);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_reload_keeps_the_sockets_and_flows_of_both_shards()
    {
        await using var proxy = Start(_server.Address);
        var clients = Clients(16);
        var flows = new List<EndPoint>();
        foreach (var client in clients)
        {
            await client.SendAsync("hello", proxy.AddressOf());
            flows.Add(await _server.ExpectAsync("hello"));
        }
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(proxy.Provider.GetConfig().Config with { ShutdownTimeout = TimeSpan.FromSeconds(7) });
        await applied;
        for (var i = 0; i < clients.Count; i++)
        {
            await clients[i].SendAsync("still", proxy.AddressOf());
            Assert.Equal(flows[i], await _server.ExpectAsync("still"));
        }
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_flow_keeps_its_order_both_ways()
    {
        const int rounds = 100;
        const int burst = 50;
        await using var proxy = Start(_server.Address);
        using var client = new TestDatagrams();
        for (var round = 0; round < rounds; round++)
        {
            EndPoint? flow = null;
            for (var i = 0; i < burst; i++)
                await client.SendAsync($"{round}.{i}", proxy.AddressOf());
            for (var i = 0; i < burst; i++)
                flow = await _server.ExpectAsync($"{round}.{i}");
            for (var i = 0; i < burst; i++)
                await _server.SendAsync($"{round}.{i}", flow!);
            for (var i = 0; i < burst; i++)
                await client.ExpectAsync($"{round}.{i}");
        }
    }

    [Fact]
    public async Task Each_query_is_a_flow_of_its_own_with_one_response_and_its_record_counts_the_answer()
    {
        const int queries = 200;
        await using var proxy = Start(_echo.Address, new L4Udp { Responses = 1 });
        using var client = new TestDatagrams();
        for (var i = 0; i < queries; i++)
        {
            var query = i.ToString("d4", CultureInfo.InvariantCulture);
            await client.SendAsync(query, proxy.AddressOf());
            await client.ExpectAsync(query);
        }
        for (var i = 0; i < queries; i++)
        {
            var record = await proxy.NextRecordAsync();
            Assert.Equal((L4EndReason.Completed, 4L, 4L), (record.EndReason, record.BytesUp, record.BytesDown));
        }
        Assert.Equal(0, proxy.Get<UdpServer>().Count);
    }

    [Fact]
    public async Task No_datagram_of_a_flow_allocates()
    {
        await using var proxy = Start(_echo.Address);
        // Far less than an object for each datagram.
        Assert.InRange(await AllocatedAsync(proxy), 0, 2);
    }

    [Fact]
    public async Task A_flow_of_a_question_and_an_answer_allocates_only_itself()
    {
        await using var proxy = Start(_echo.Address, new L4Udp { Responses = 1 }, accessLog: false);
        // UdpSession, its socket, the box of its walk and the task.
        Assert.InRange(await AllocatedAsync(proxy), 100, 1000);
    }

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _echo.DisposeAsync();
    }

    /// <summary>
    /// Bytes that a question and its answer cost on the reactor's thread, what counts here left out: of the cheapest of some runs,
    /// as with <see cref="Allocated"/>. On a busy machine it takes a while until the runtime has compiled for speed.
    /// </summary>
    private static async Task<long> AllocatedAsync(TestProxy proxy)
    {
        const int warmUp = 2000;
        const int measured = 1000;
        using var counts = new DatagramCounts(proxy);
        using var client = new TestDatagrams();
        await AskAsync(warmUp);
        var least = long.MaxValue;
        for (var run = 0; run < 10; run++)
        {
            counts.ResetAllocated();
            await AskAsync(measured);
            least = Math.Min(least, counts.AllocatedBetween);
        }
        return least / measured;

        async Task AskAsync(int count)
        {
            var datagram = Encoding.UTF8.GetBytes("question");
            for (var i = 0; i < count; i++)
            {
                await client.SendAsync(datagram, proxy.AddressOf());
                await client.ReceiveAsync();
            }
        }
    }

    private static List<TestDatagrams> Clients(int count) => [.. Enumerable.Range(0, count).Select(_ => new TestDatagrams())];

    private static TestProxy Start(EndPoint upstream, L4Udp? udp = null, L4Limits? limits = null, bool accessLog = true) =>
        Start(Cluster(upstream) with { Udp = udp }, limits, accessLog);

    private static TestProxy Start(EndPoint one, EndPoint other) =>
        Start(Cluster(one, other) with { LoadBalancingPolicy = "RoundRobin", Udp = new L4Udp { Affinity = L4UdpAffinity.SourceIp } }, limits: null);

    private static TestProxy Start(L4Cluster cluster, L4Limits? limits, bool accessLog = true)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("reactors are Linux's");
        return TestProxy.Start(new L4Config
        {
            Transport = L4TransportKind.Linux,
            AccessLog = new L4AccessLog { Enabled = accessLog },
            Reactors = 2,
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Limits = limits })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", cluster)),
        });
    }
}
