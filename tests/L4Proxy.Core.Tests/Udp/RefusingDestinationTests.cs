using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>Destinations and addresses where nothing listens, beside others where something does.</summary>
public sealed class RefusingDestinationTests : IAsyncDisposable
{
    private const string Own = "LeastActive";

    private readonly List<TestEcho> _echoes = [];
    private readonly TestDatagrams _client = new();

    [Theory]
    [InlineData("First", 2)]
    [InlineData("RoundRobin", 2)]
    [InlineData("PowerOfTwoChoices", 2)]
    [InlineData("LeastConnections", 2)]
    [InlineData("Random", 2)]
    [InlineData(Own, 2)]
    [InlineData("First", 3)]
    [InlineData("RoundRobin", 3)]
    [InlineData("PowerOfTwoChoices", 3)]
    [InlineData(Own, 3)]
    [InlineData("First", 5)]
    [InlineData("RoundRobin", 5)]
    [InlineData("PowerOfTwoChoices", 5)]
    [InlineData("LeastConnections", 5)]
    [InlineData("Random", 5)]
    [InlineData(Own, 5)]
    public async Task Of_100_new_clients_all_are_served_though_one_destination_refuses(string policy, int servers)
    {
        await using var proxy = Start(policy, [Nowhere(), .. Echoes(servers - 1)]);
        for (var i = 0; i < 100; i++)
            await AskAsync(proxy, $"client {i}");
        var line = Assert.Single(Lines(proxy, "FlowsRefused"));
        Assert.Contains("'d0' of cluster 'up'", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    [InlineData("LeastConnections")]
    [InlineData("Random")]
    [InlineData(Own)]
    public async Task With_one_of_five_left_every_client_is_served_whose_attempts_suffice(string policy)
    {
        await using var proxy = Start(
            policy, [Nowhere(), Nowhere(), Nowhere(), Nowhere(), .. Echoes(1)], cluster => cluster with { Retry = new() { MaxAttempts = 5 } });
        for (var i = 0; i < 50; i++)
            await AskAsync(proxy, $"client {i}");
    }

    [Fact]
    public async Task All_that_a_client_has_sent_before_the_refusal_goes_to_the_next_one_in_order_and_its_record_says_so()
    {
        using var server = new TestDatagrams();
        await using var proxy = Start("First", [Nowhere(), server.Address], cluster => cluster with { Timeouts = new() { Idle = TimeSpan.FromSeconds(3) } });
        for (var i = 0; i < 5; i++)
            await _client.SendAsync($"{i}", proxy.AddressOf());
        EndPoint? flow = null;
        for (var i = 0; i < 5; i++)
        {
            var from = await server.ExpectAsync($"{i}");
            Assert.Equal(flow ?? from, from);
            flow = from;
        }
        await server.SendAsync("answer", flow!);
        await _client.ExpectAsync("answer");
        var record = await proxy.NextRecordAsync();
        Assert.Equal(("d1", 5L, 6L, L4EndReason.IdleTimeout), (record.Destination, record.BytesUp, record.BytesDown, record.EndReason));
        Assert.All(proxy.Server.Snapshot.Clusters["up"].Destinations, destination => Assert.Equal(0, destination.State.Active));
    }

    [Fact]
    public async Task A_flow_that_has_left_a_removed_destination_outlives_its_drain()
    {
        var time = new ManualTimeProvider();
        var removed = new TestDatagrams();
        using var server = new TestDatagrams();
        var cluster = Cluster(removed.Address, server.Address) with { LoadBalancingPolicy = "First", DrainTimeout = TimeSpan.FromSeconds(30) };
        await using var proxy = TestProxy.Start(Udp(cluster), services => services.AddSingleton<TimeProvider>(time));
        await _client.SendAsync("one", proxy.AddressOf());
        await removed.ExpectAsync("one");
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(Udp(cluster with { Destinations = Map(("d1", cluster.Destinations!["d1"])) }));
        await applied;
        removed.Dispose();
        await _client.SendAsync("two", proxy.AddressOf());
        var flow = await server.ExpectAsync("one");
        await server.ExpectAsync("two");

        time.Advance(TimeSpan.FromSeconds(31));
        await _client.SendAsync("three", proxy.AddressOf());
        Assert.Equal(flow, await server.ExpectAsync("three"));
    }

    [Fact]
    public async Task The_next_one_gets_the_PROXY_header_too()
    {
        using var server = new TestDatagrams();
        await using var proxy = Start("First", [Nowhere(), server.Address], cluster => cluster with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 } });
        await _client.SendAsync("one", proxy.AddressOf());
        var (first, _) = await server.ReceiveAsync();
        Assert.Equal("\r\n\r\n\0\r\nQUIT\n"u8, first.AsSpan(0, 12));
        Assert.Equal("one"u8, first.AsSpan(^3..));
        await _client.SendAsync("two", proxy.AddressOf());
        await server.ExpectAsync("two");
    }

    [Fact]
    public async Task Where_all_refuse_the_flow_ends_and_the_next_datagram_finds_the_one_that_is_back()
    {
        var (one, other) = (Nowhere(), Nowhere());
        await using var proxy = Start("RoundRobin", [one, other]);
        await _client.SendAsync("lost", proxy.AddressOf());
        Assert.Equal(L4EndReason.UpstreamRefused, (await proxy.NextRecordAsync()).EndReason);
        using var back = new TestDatagrams(other);
        await _client.SendAsync("hello", proxy.AddressOf());
        await back.ExpectAsync("hello");
    }

    [Fact]
    public async Task Where_the_port_is_the_clients_word_one_that_refuses_says_nothing_of_another()
    {
        await using var spare = new TestEcho();
        var config = To(spare.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" }), ("other", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in", "other"], ClusterId = "up" })),
            Clusters = Map(("up", new L4Cluster
            {
                LoadBalancingPolicy = "First",
                Destinations = Map(("own", new L4Destination { Address = "127.0.0.77:{port}" }), ("spare", new L4Destination { Address = AddressOf(spare.Address), Backup = true })),
            })),
        };
        await using var proxy = TestProxy.Start(config);
        using var own = new TestDatagrams(new IPEndPoint(IPAddress.Parse("127.0.0.77"), ((IPEndPoint)proxy.AddressOf("other")).Port));
        for (var i = 0; i < 10; i++)
            await AskAsync(proxy, $"client {i}");
        using var client = new TestDatagrams();
        await client.SendAsync("here", proxy.AddressOf("other"));
        await own.ExpectAsync("here");
        var status = proxy.Get<IL4DestinationHealth>().GetDestinations().Single(destination => destination.DestinationId == "own");
        Assert.Equal(L4DestinationHealth.Healthy, status.Health);
        Assert.Equal(L4DestinationHealth.Refusing, Assert.Single(status.FailingAddresses).Health);
    }

    [Fact]
    public async Task One_that_was_passed_over_for_an_address_that_refused_comes_after_those_that_refuse()
    {
        var (first, second) = (IPAddress.Parse("127.0.0.77"), IPAddress.Parse("127.0.0.78"));
        await using var proxy = TestProxy.Start(
            Udp(new L4Cluster
            {
                LoadBalancingPolicy = "First",
                Destinations = Map(("a", new L4Destination { Address = $"{first}:{{port}}" }), ("b", new L4Destination { Address = $"{second}:{{port}}" })),
            }),
            services => services.AddSingleton<TimeProvider>(new ManualTimeProvider()));
        var port = ((IPEndPoint)proxy.AddressOf()).Port;
        using (var other = new TestDatagrams(new IPEndPoint(second, port)))
        {
            await _client.SendAsync("one", proxy.AddressOf());
            await other.ExpectAsync("one");
        }
        using var back = new TestDatagrams(new IPEndPoint(first, port));
        using var client = new TestDatagrams();
        await client.SendAsync("two", proxy.AddressOf());
        await back.ExpectAsync("two");
    }

    [Fact]
    public async Task Of_an_address_of_the_clients_word_that_nothing_leads_to_it_is_known_that_it_does_not_work()
    {
        const string nowhere = "203.0.113.77";
        Assert.SkipUnless(IsUnreachable(nowhere), "something leads to TEST-NET-3");
        using var server = new TestDatagrams();
        await using var proxy = TestProxy.Start(Udp(new L4Cluster
        {
            LoadBalancingPolicy = "First",
            Destinations = Map(
                ("a", new L4Destination { Address = "127.0.0.77:{port}" }), ("b", new L4Destination { Address = $"{nowhere}:{{port}}" }),
                ("c", new L4Destination { Address = AddressOf(server.Address) })),
        }));
        await _client.SendAsync("one", proxy.AddressOf());
        await server.ExpectAsync("one");
        var port = ((IPEndPoint)proxy.AddressOf()).Port;
        var failing = proxy.Get<IL4DestinationHealth>().GetDestinations()[0].FailingAddresses.Select(address => address.EndPoint.ToString());
        Assert.Equal([$"127.0.0.77:{port}", $"{nowhere}:{port}"], failing);
    }

    [Fact]
    public async Task MaxAttempts_of_1_tries_nobody_else()
    {
        using var server = new TestDatagrams();
        await using var proxy = Start("First", [Nowhere(), server.Address], cluster => cluster with { Retry = new() { MaxAttempts = 1 } });
        await _client.SendAsync("lost", proxy.AddressOf());
        Assert.Equal(L4EndReason.UpstreamRefused, (await proxy.NextRecordAsync()).EndReason);
        await _client.SendAsync("next", proxy.AddressOf());
        await server.ExpectAsync("next");
    }

    [Fact]
    public async Task Flows_of_one_client_address_go_on_together_elsewhere()
    {
        await using var proxy = Start("RoundRobin", [Nowhere(), .. Echoes(3)], cluster => cluster with { Udp = new() { Affinity = L4UdpAffinity.SourceIp } });
        var clients = Enumerable.Range(0, 20).Select(_ => new TestDatagrams()).ToList();
        foreach (var client in clients)
        {
            await client.SendAsync("question", proxy.AddressOf());
            await client.ExpectAsync("question");
        }
        Assert.Equal([0, 0, 0, 20], proxy.Server.Snapshot.Clusters["up"].Destinations.Select(destination => destination.State.Active).Order());
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_name_is_served_whose_first_address_refuses_and_what_was_learnt_is_remembered()
    {
        var echo = Echoes(1)[0];
        await using var proxy = StartNamed(echo, "127.0.0.2", "127.0.0.1");
        for (var i = 0; i < 10; i++)
            await AskAsync(proxy, $"client {i}");
        // The destination is there: nothing is said of it.
        Assert.Empty(Lines(proxy, "FlowsRefused"));
        Assert.Equal(["127.0.0.1", "127.0.0.2"], await AddressesAsync(proxy, echo));
    }

    [Fact]
    public async Task An_address_that_refuses_is_left_though_the_other_one_never_answers()
    {
        using var silent = new TestDatagrams();
        await using var proxy = StartNamed(silent.Address, "127.0.0.2", "127.0.0.1");
        await _client.SendAsync("heard", proxy.AddressOf());
        await silent.ExpectAsync("heard");
        Assert.Equal(["127.0.0.1", "127.0.0.2"], await AddressesAsync(proxy, silent.Address));
    }

    [Fact]
    public async Task Localhost_is_served_by_a_server_on_IPv4_alone()
    {
        var echo = Echoes(1)[0];
        await using var proxy = StartNamed(echo, "::1", "127.0.0.1");
        await AskAsync(proxy, "hello");
        Assert.Equal(["127.0.0.1", "::1"], await AddressesAsync(proxy, echo));
    }

    [Fact]
    public async Task A_name_none_of_whose_addresses_is_there_refuses()
    {
        await using var proxy = StartNamed(Nowhere(), "127.0.0.2", "127.0.0.3");
        await _client.SendAsync("lost", proxy.AddressOf());
        Assert.Equal(L4EndReason.UpstreamRefused, (await proxy.NextRecordAsync()).EndReason);
        Assert.Single(Lines(proxy, "FlowsRefused"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var echo in _echoes)
            await echo.DisposeAsync();
    }

    private static bool IsUnreachable(string address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(IPAddress.Parse(address), 9);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static IPEndPoint Nowhere() => FreePorts.On(IPAddress.Loopback);

    private static IEnumerable<string> Lines(TestProxy proxy, string eventName) =>
        proxy.Log.Lines.Where(line => line.Contains($" {eventName}:", StringComparison.Ordinal));

    private static async Task AskAsync(TestProxy proxy, string question)
    {
        using var client = new TestDatagrams();
        await client.SendAsync(question, proxy.AddressOf());
        Assert.Equal(proxy.AddressOf(), await client.ExpectAsync(question));
    }

    private static async Task<IEnumerable<string>> AddressesAsync(TestProxy proxy, EndPoint server)
    {
        var known = await proxy.Server.Snapshot.Clusters.Values.Single().Resolver.ResolveAsync("name.test", ((IPEndPoint)server).Port, TestContext.Current.CancellationToken);
        return known.EndPoints.Select(endPoint => ((IPEndPoint)endPoint).Address.ToString());
    }

    private static TestProxy Start(string policy, EndPoint[] destinations, Func<L4Cluster, L4Cluster>? change = null) => TestProxy.Start(
        Udp((change ?? (cluster => cluster))(Cluster(destinations) with { LoadBalancingPolicy = policy })),
        services => services.AddSingleton<IL4LoadBalancingPolicy, LeastActive>());

    private static TestProxy StartNamed(EndPoint server, params string[] addresses)
    {
        AddressLookup lookup = _ => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
        return TestProxy.Start(
            Udp(new L4Cluster { Destinations = Map(("d", new L4Destination { Address = $"name.test:{((IPEndPoint)server).Port}" })) }),
            services => services.AddSingleton(lookup));
    }

    private static L4Config Udp(L4Cluster cluster) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", cluster)),
    };

    private EndPoint[] Echoes(int count)
    {
        var made = Enumerable.Range(0, count).Select(_ => new TestEcho()).ToList();
        _echoes.AddRange(made);
        return [.. made.Select(echo => echo.Address)];
    }

    private sealed class LeastActive : IL4LoadBalancingPolicy
    {
        public string Name => Own;

        public ValueTask<L4LoadBalancingDestination?> PickDestinationAsync(L4LoadBalancingContext context, CancellationToken cancellationToken) =>
            new(context.Destinations.MinBy(destination => destination.ActiveConnections));
    }
}
