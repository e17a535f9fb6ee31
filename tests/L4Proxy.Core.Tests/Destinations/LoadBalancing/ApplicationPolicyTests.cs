using System.Diagnostics;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Udp;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

/// <summary>Policies that an application brings.</summary>
public sealed class ApplicationPolicyTests : IDisposable
{
    private static readonly byte[] s_hello = new HelloBuilder().WithServerName("a.example.com").Bytes();
    private static readonly TimeSpan s_sleep = TimeSpan.FromSeconds(3);

    private readonly TestUpstream _first = new();
    private readonly TestUpstream _second = new();

    [Fact]
    public async Task It_is_told_of_the_connection_and_picks()
    {
        L4LoadBalancingContext? asked = null;
        await using var proxy = Start(new Policy((context, _) =>
        {
            asked = context;
            return new(context.Destinations[1]);
        }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        using var server = await _second.AcceptAsync();

        Assert.Equal(("in", "mine", "up", client.Socket.LocalEndPoint, "a.example.com"),
            (asked!.EndpointId, asked.RouteId, asked.ClusterId, asked.RemoteEndPoint, asked.ServerName));
        Assert.Equal(["d0", "d1"], asked.Destinations.Select(destination => destination.Id));
        Assert.Equal((_second.Address.ToString(), 1, 0), (asked.Destinations[1].Address, asked.Destinations[1].Weight, asked.Destinations[1].ActiveConnections));
    }

    [Fact]
    public async Task It_is_asked_again_without_what_did_not_answer()
    {
        var offers = new List<string>();
        await using var proxy = Start(
            new Policy((context, _) =>
            {
                offers.Add(string.Concat(context.Destinations.Select(destination => destination.Id)));
                return new(context.Destinations[0]);
            }),
            Cluster(TestUpstream.Nowhere(), _second.Address));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        using var server = await _second.AcceptAsync();
        Assert.Equal(["d0d1", "d1"], offers);
    }

    [Theory]
    [InlineData(L4TransportKind.Managed, false)]
    [InlineData(L4TransportKind.Linux, false)]
    // What no policy should do. .NET's sockets then wait for the thread pool to grow, and the reactor does not.
    [InlineData(L4TransportKind.Linux, true)]
    public async Task While_it_sleeps_others_flow(L4TransportKind transport, bool blocksItsThread)
    {
        Assert.SkipWhen(transport == L4TransportKind.Linux && !OperatingSystem.IsLinux(), "epoll");
        using var never = new ManualResetEventSlim();
        await using var proxy = Start(
            new Policy(async (context, _) =>
            {
                if (blocksItsThread)
                    never.Wait(s_sleep, CancellationToken.None);
                else
                    await Task.Delay(s_sleep, CancellationToken.None);
                return context.Destinations[0];
            }),
            // One reactor: whatever held it up would hold up everything.
            change: config => config with { Transport = transport, Reactors = 1 });
        var asked = Stopwatch.StartNew();
        var waiting = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => proxy.ConnectAsync()));
        foreach (var client in waiting)
            await client.SendAsync(s_hello);

        var flowed = 0;
        while (asked.Elapsed < s_sleep / 2)
        {
            PassThrough(proxy);
            flowed++;
        }

        Assert.True(flowed > 10, $"{flowed} connections");
        foreach (var client in waiting)
        {
            using var server = await _first.AcceptAsync();
            Assert.True(asked.Elapsed >= 0.9 * s_sleep);
            await server.SendAsync("at last");
        }
        foreach (var client in waiting)
        {
            await client.ExpectAsync("at last");
            client.Dispose();
        }
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("throws later")]
    [InlineData("picks another's")]
    public async Task If_it_fails_the_connection_ends_and_the_log_says_why(string how)
    {
        await using var proxy = Start(new Policy(async (context, _) =>
        {
            if (how == "throws later")
                await Task.Yield();
            return how == "picks another's"
                ? new L4LoadBalancingDestination { Id = "d0", Address = context.Destinations[0].Address, Weight = 1, ActiveConnections = 0 }
                : throw new InvalidOperationException("no idea");
        }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        await client.ExpectResetAsync();

        Assert.Equal(L4EndReason.PolicyFailed, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains(proxy.Log.Lines, line => line.Contains(
            $"policy 'Mine' of cluster 'up' failed: {(how == "picks another's" ? "'d0' was not among the destinations" : "no idea")}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task If_it_wants_none_the_connection_has_no_destination()
    {
        await using var proxy = Start(new Policy((_, _) => new((L4LoadBalancingDestination?)null)));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.NoDestination, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(false, L4EndReason.NoDestination)]
    [InlineData(true, L4EndReason.DestinationsFull)]
    public async Task It_is_told_of_those_that_are_not_full_and_may_want_none_of_them(bool areAllFull, L4EndReason end)
    {
        var offered = new List<string>();
        var cluster = Cluster(_first.Address, _second.Address);
        await using var proxy = Start(
            new Policy((context, _) =>
            {
                offered.Add(string.Join(' ', context.Destinations.Select(destination => destination.Id)));
                return new(context.Destinations.FirstOrDefault(destination => destination.Id == "d0" || areAllFull));
            }),
            cluster with { Destinations = cluster.Destinations!.ToDictionary(item => item.Key, item => item.Value with { MaxConnections = 1 }) });
        using var one = await proxy.ConnectAsync();
        await one.SendAsync(s_hello);
        using var atFirst = await _first.AcceptAsync();
        using var two = await proxy.ConnectAsync();
        await two.SendAsync(s_hello);
        using var atSecond = areAllFull ? await _second.AcceptAsync() : null;
        using var three = await proxy.ConnectAsync();
        if (areAllFull)
            await three.SendAsync(s_hello);
        await (areAllFull ? three : two).ExpectResetAsync();
        Assert.Equal(end, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(["d0 d1", "d1"], offered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shutdown_does_not_wait_for_it(bool listens)
    {
        var isAsked = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<L4LoadBalancingDestination?>();
        await using var proxy = Start(new Policy(async (_, cancellation) =>
        {
            isAsked.SetResult(cancellation);
            return await (listens ? never.Task.WaitAsync(cancellation) : never.Task);
        }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        var cancellation = await isAsked.Task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        Assert.False(cancellation.IsCancellationRequested);

        await proxy.Server.StopAsync(new CancellationToken(canceled: true)).WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);

        var cancelled = new TaskCompletionSource();
        await using var _ = cancellation.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(L4EndReason.Shutdown, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_flow_of_datagrams_waits_for_it_and_loses_nothing()
    {
        using var server = new TestDatagrams();
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var proxy = Start(
            new Policy(async (context, _) =>
            {
                asked.SetResult();
                await go.Task;
                return context.Destinations[0];
            }),
            Cluster(server.Address),
            config => config with
            {
                Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
                Routes = Map(("mine", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            });
        using var client = new TestDatagrams();
        await client.SendAsync("one", proxy.AddressOf());
        await client.SendAsync("two", proxy.AddressOf());
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(server.IsEmpty);

        go.SetResult();

        var flow = await server.ExpectAsync("one");
        await server.ExpectAsync("two");
        await server.SendAsync("three", flow);
        await client.ExpectAsync("three");
    }

    [Fact]
    public void Its_name_is_known_to_the_check_of_the_configuration()
    {
        var policies = TestPolicies.With(new Policy((_, _) => default));
        Assert.NotNull(policies.Create("mine", new(new("up"), new(), [])));
        Assert.Null(policies.Create("yours", new(new("up"), new(), [])));
        Assert.Contains("Mine", policies.Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("first")]
    [InlineData("Maglev")]
    [InlineData("MINE")]
    public void Its_name_is_its_own(string name) => Assert.Throws<InvalidOperationException>(
        () => TestPolicies.With(new Policy((_, _) => default), new Policy((_, _) => default) { Name = name }));

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    /// <summary>A connection to <see cref="_second"/>, without anything of the thread pool.</summary>
    private void PassThrough(TestProxy proxy)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)TestPeer.Patience.TotalMilliseconds };
        client.Connect(proxy.AddressOf());
        client.Send("not TLS"u8);
        using var server = _second.Accept();
        server.Send("nor is this"u8);
        Assert.True(client.Receive(new byte[11]) > 0);
    }

    /// <summary>What comes with SNI goes where the policy says; what does not is not its business.</summary>
    private TestProxy Start(Policy policy, L4Cluster? cluster = null, Func<L4Config, L4Config>? change = null)
    {
        var config = new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
            Routes = Map(
                ("mine", new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["a.example.com"] } }),
                ("other", new L4Route { ClusterId = "other" })),
            Clusters = Map(
                ("up", (cluster ?? Cluster(_first.Address, _second.Address)) with { LoadBalancingPolicy = "mine" }),
                ("other", Cluster(_second.Address))),
        };
        return TestProxy.Start(change?.Invoke(config) ?? config, services => services.AddSingleton<IL4LoadBalancingPolicy>(policy));
    }

    private sealed class Policy(Func<L4LoadBalancingContext, CancellationToken, ValueTask<L4LoadBalancingDestination?>> pick) : IL4LoadBalancingPolicy
    {
        public string Name { get; init; } = "Mine";

        public ValueTask<L4LoadBalancingDestination?> PickDestinationAsync(L4LoadBalancingContext context, CancellationToken cancellationToken) =>
            pick(context, cancellationToken);
    }
}
