using System.Diagnostics;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Destinations.NameServers;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Destinations whose hosts are SRV records, over real sockets.</summary>
public sealed class ServiceDialTests : IDisposable
{
    private readonly TestNameServer _names;
    private readonly TestUpstream _first = new();
    private readonly TestUpstream _second = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
    private (int Priority, int Weight, int Port, string Target)[] _hosts;

    public ServiceDialTests()
    {
        _hosts = [(10, 0, PortOf(_first), "first.test"), (20, 0, PortOf(_second), "second.test")];
        _names = new TestNameServer(query => query.Type == TestQuery.Srv
            ? query.Services(1, _hosts)
            : query.Addresses(60, query.Name.StartsWith("second", StringComparison.Ordinal) ? "127.0.0.2" : "127.0.0.1"));
    }

    private static int PortOf(TestUpstream upstream) => ((IPEndPoint)upstream.Address).Port;

    public void Dispose()
    {
        _names.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private TestProxy Start(Func<L4Cluster, L4Cluster>? change = null, Action<IServiceCollection>? services = null) => TestProxy.Start(To(TestUpstream.Nowhere()) with
    {
        Clusters = Map(("up", (change ?? (cluster => cluster))(new L4Cluster
        {
            Destinations = Map(("a", new L4Destination { Address = "srv:_mqtt._tcp.example.test" })),
            Dns = new L4Dns { Servers = [_names.EndPoint.ToString()], Timeout = TimeSpan.FromMinutes(1) },
        }))),
    }, services);

    private static async Task TalkAsync(TestProxy proxy, TestUpstream upstream)
    {
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
    }

    [Fact]
    public async Task The_lowest_priority_is_where_connections_go()
    {
        await using var proxy = Start();
        for (var i = 0; i < 5; i++)
            await TalkAsync(proxy, _first);
        Assert.Equal("_mqtt._tcp.example.test", Assert.Single(_names.Queries, query => query.Type == TestQuery.Srv).Name);
    }

    [Fact]
    public async Task A_host_that_refuses_costs_no_attempt_and_the_other_priority_takes_over()
    {
        await using var proxy = Start(cluster => cluster with { Retry = new L4Retry { MaxAttempts = 1 } });
        _first.Dispose();
        for (var i = 0; i < 5; i++)
            await TalkAsync(proxy, _second);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_left_once_its_time_is_over()
    {
        using var hangs = new FullBacklog();
        _hosts[0].Port = ((IPEndPoint)hangs.Address).Port;
        await using var proxy = Start(cluster => cluster with { Timeouts = new L4Timeouts { Connect = TimeSpan.FromSeconds(1) } });
        await TalkAsync(proxy, _second);
        await TalkAsync(proxy, _second);
    }

    [Fact]
    public async Task Another_priority_is_not_raced()
    {
        var time = new ManualTimeProvider();
        using var hangs = new FullBacklog();
        _hosts[0].Port = ((IPEndPoint)hangs.Address).Port;
        await using var proxy = Start(services: services => services.AddSingleton<TimeProvider>(time));
        // Names are answered in real time, however fast the clock is turned.
        foreach (var (_, _, _, host) in _hosts)
            await proxy.Server.Snapshot.Clusters["up"].Resolver.ResolveAsync(host, 1, TestContext.Current.CancellationToken);
        using var client = await proxy.ConnectAsync();
        var accepted = _second.AcceptAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!accepted.IsCompleted && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            time.Advance(TimeSpan.FromMilliseconds(100));
        using var server = await accepted;
        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(5), "It did not have its whole Timeouts:Connect.");
    }

    [Fact]
    public async Task A_service_whose_hosts_are_all_away_is_a_destination_that_refuses()
    {
        _first.Dispose();
        _second.Dispose();
        await using var proxy = Start(cluster => cluster with { Retry = new L4Retry { MaxAttempts = 1 } });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ConnectRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_host_without_an_address_is_passed_over()
    {
        _hosts = [(10, 0, PortOf(_first), "-.test"), (10, 0, 0, "first.test"), (20, 0, PortOf(_second), "second.test")];
        _names.Answer = query => query.Type == TestQuery.Srv ? query.Services(1, _hosts) : query.Name == "second.test" ? query.Addresses(60, "127.0.0.2") : query.Failure(3);
        await using var proxy = Start();
        await TalkAsync(proxy, _second);
    }

    [Fact]
    public async Task However_many_hosts_have_no_address_the_one_that_has_is_found()
    {
        _hosts = [.. Enumerable.Range(0, 20).Select(i => (10, 0, PortOf(_first), $"gone{i}.test")), (20, 0, PortOf(_second), "second.test")];
        _names.Answer = query => query.Type == TestQuery.Srv ? query.Services(1, _hosts) : query.Name == "second.test" ? query.Addresses(60, "127.0.0.2") : query.Failure(3);
        await using var proxy = Start(cluster => cluster with { Retry = new L4Retry { MaxAttempts = 1 } });
        for (var i = 0; i < 3; i++)
            await TalkAsync(proxy, _second);
    }

    [Fact]
    public async Task A_host_whose_name_is_not_answered_is_not_waited_for_by_each_connection()
    {
        var (time, waits) = (new ManualTimeProvider(), new List<TimeSpan>());
        _names.Answer = query => query.Type == TestQuery.Srv ? query.Services(60, _hosts) : query.Name == "second.test" ? query.Addresses(60, "127.0.0.2") : null;
        await using var proxy = Start(cluster => cluster with { Dns = cluster.Dns! with { Timeout = TimeSpan.FromSeconds(2) } }, services => services.AddSingleton<TimeProvider>(time));
        for (var i = 0; i < 8; i++)
        {
            // What was learnt of its name has passed.
            time.Advance(TimeSpan.FromSeconds(2));
            var begun = time.Elapsed;
            using var client = await proxy.ConnectAsync();
            var accepted = _second.AcceptAsync();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            while (!accepted.IsCompleted && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
                time.Advance(TimeSpan.FromMilliseconds(_names.Queries.Any(query => query.Name == "second.test") ? 20 : 0));
            using var server = await accepted;
            waits.Add(time.Elapsed - begun);
        }
        // Those within the 4 and the 8 seconds for which it is behind the other by then.
        Assert.InRange(waits.Count(wait => wait < TimeSpan.FromSeconds(1)), 3, 8);
    }

    [Theory]
    [InlineData(".", "The name server says that the service does not exist (a target of '.').")]
    [InlineData(null, "There is no SRV record of this name.")]
    public async Task A_service_that_there_is_not_is_named(string? target, string detail)
    {
        _hosts = target is null ? [] : [(0, 0, 1, target)];
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ResolveFailed, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains(proxy.Log.Lines, line => line.Contains(detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_lookup_finds_later_moves_new_connections_only()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        using var server = await _first.AcceptAsync();
        _hosts = [(10, 0, PortOf(_second), "second.test")];
        var moved = _second.AcceptAsync();
        for (var begun = Stopwatch.StartNew(); !moved.IsCompleted;)
        {
            Assert.True(begun.Elapsed < TestPeer.Patience, "Nobody moves.");
            using var next = await proxy.ConnectAsync();
            await Task.WhenAny(moved, _first.AcceptAsync());
        }
        (await moved).Dispose();
        await client.SendAsync("still here");
        await server.ExpectAsync("still here");
    }
}
