using System.Diagnostics;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>
/// One of three destinations is dead under load: no client notices, and it is not dialled for each of them. With L4PROXY_SOAK=1 10 000 connections in each test.
/// </summary>
public sealed class DeadDestinationTests : IAsyncDisposable
{
    private const int AtOnce = 16;

    private static readonly int s_connections = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1" ? 10_000 : 1_000;

    /// <summary>Virtual time goes on by so much with each connection: 20 seconds in all, in which a refusal's time is over some four times.</summary>
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(20) / s_connections;

    private readonly ManualTimeProvider _time = new();
    private readonly CountedDials _dials = new();
    private readonly EchoUpstream _one = new();
    private readonly EchoUpstream _two = new();

    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("Random")]
    [InlineData("PowerOfTwoChoices")]
    [InlineData("LeastConnections")]
    [InlineData("First")]
    [InlineData("Hash")]
    [InlineData("Maglev")]
    public async Task From_the_start(string policy)
    {
        var dead = TestUpstream.Nowhere();
        await using var proxy = Start(policy, dead, services => services.AddSingleton<TimeProvider>(_time));
        await LoadAsync(proxy, s_connections, () => _time.Advance(s_each));
        await ExpectAllAsync(proxy, s_connections);
        Assert.InRange(_dials.To(dead), 1, AtOnce * RoundsIn(_time.Elapsed));
    }

    /// <summary>Real time: a dial must be given up while others are made.</summary>
    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public async Task Black_holed_from_the_start(string policy)
    {
        using var cable = NetworkNamespace.Create(policy == "RoundRobin" ? 191 : 192);
        using var lost = cable.Enter(() => new TestUpstream(new IPEndPoint(cable.There, 0)));
        cable.Lose();
        var started = Stopwatch.GetTimestamp();
        await using var proxy = Start(policy, lost.Address, change: cluster => cluster with { Timeouts = new() { Connect = TimeSpan.FromSeconds(2) } });
        await LoadAsync(proxy, s_connections, () => { });
        await ExpectAllAsync(proxy, s_connections);
        Assert.InRange(_dials.To(lost.Address), 1, AtOnce * RoundsIn(Stopwatch.GetElapsedTime(started)));
    }

    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    [InlineData("LeastConnections")]
    public async Task One_that_dies_and_comes_back(string policy)
    {
        await using var mortal = new EchoUpstream();
        await using var proxy = Start(policy, mortal.Address, services => services.AddSingleton<TimeProvider>(_time));
        // Long-lived ones, to all three.
        var kept = new List<TestPeer>();
        for (var i = 0; i < 12; i++)
        {
            kept.Add(await proxy.ConnectAsync());
            await AskAsync(kept[^1]);
        }
        await LoadAsync(proxy, s_connections / 4, () => _time.Advance(s_each));
        var alive = mortal.Accepted;
        Assert.InRange(alive, s_connections / 4 / 6, s_connections / 4);

        await mortal.GoAsync();
        var before = _dials.To(mortal.Address);
        await LoadAsync(proxy, s_connections / 2, () => _time.Advance(s_each));
        Assert.InRange(_dials.To(mortal.Address) - before, 1, AtOnce * RoundsIn(s_each * (s_connections / 2)));
        Assert.Equal(alive, mortal.Accepted);

        mortal.ComeBack();
        // It was ejected, perhaps more than once.
        _time.Advance(proxy.Get<IL4DestinationHealth>().GetDestinations().Max(destination => destination.AvoidedFor) ?? TimeSpan.Zero);
        await LoadAsync(proxy, s_connections / 4, () => _time.Advance(s_each));
        Assert.InRange(mortal.Accepted - alive, s_connections / 4 / 6, s_connections / 4);

        foreach (var client in kept)
        {
            await AskAsync(client);
            client.HalfClose();
            await client.ExpectFinAsync();
            client.Dispose();
        }
        await ExpectAllAsync(proxy, kept.Count + (2 * (s_connections / 4)) + (s_connections / 2));
    }

    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public async Task Dead_from_the_start_it_is_left_out_and_returns_by_its_rise(string policy)
    {
        await using var mortal = new EchoUpstream();
        await mortal.GoAsync();
        await using var proxy = Start(policy, mortal.Address, services => services.AddSingleton<TimeProvider>(_time), cluster => cluster with
        {
            HealthCheck = new()
            {
                Active = new() { Enabled = true, Interval = TimeSpan.FromSeconds(1), Rise = 2 },
                Passive = new() { EjectionTime = TimeSpan.FromHours(10) },
            },
        });
        await LoadAsync(proxy, s_connections / 2, () => _time.Advance(s_each));
        Assert.Equal(0, mortal.Accepted);
        Assert.Contains(proxy.Get<IL4DestinationHealth>().GetDestinations(), destination => destination.Health == L4DestinationHealth.Down);

        mortal.ComeBack();
        await TestPeer.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return proxy.Get<IL4DestinationHealth>().GetDestinations().All(destination => destination.Health == L4DestinationHealth.Healthy);
        });
        var probes = mortal.Accepted;
        await LoadAsync(proxy, s_connections / 2, () => _time.Advance(s_each));
        Assert.True(mortal.Accepted - probes > s_connections / 2 / 6);
        await ExpectAllAsync(proxy, 2 * (s_connections / 2));
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        _dials.Dispose();
    }

    /// <summary>How often it may be tried anew in so much time: after 1 second, 2, 4, 8, and every 16 from then on.</summary>
    private static int RoundsIn(TimeSpan time)
    {
        var (rounds, next) = (1, 1.0);
        for (var length = 2.0; next <= time.TotalSeconds; length = Math.Min(2 * length, 16))
            (rounds, next) = (rounds + 1, next + length);
        return rounds;
    }

    private static async Task AskAsync(TestPeer client)
    {
        await client.SendAsync("hello");
        await client.ExpectAsync("hello");
    }

    /// <summary>So many connections, some at once, of which each is answered and closed in order.</summary>
    private static async Task LoadAsync(TestProxy proxy, int connections, Action done)
    {
        var address = proxy.AddressOf();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) < connections)
            {
                using var client = await TestPeer.ConnectAsync(address);
                await AskAsync(client);
                client.HalfClose();
                await client.ExpectFinAsync();
                done();
            }
        })));
    }

    /// <summary>So many have ended, each in order; a record is written behind the FIN.</summary>
    private static async Task ExpectAllAsync(TestProxy proxy, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            var record = await proxy.NextRecordAsync();
            Assert.Equal(L4EndReason.Completed, record.EndReason);
            Assert.Equal(record.BytesUp, record.BytesDown);
        }
    }

    private TestProxy Start(string policy, EndPoint dead, Action<IServiceCollection>? configure = null, Func<L4Cluster, L4Cluster>? change = null)
    {
        // The dead one is the first of First. A source port is another key for each client.
        var cluster = Cluster(dead, _one.Address, _two.Address) with
        {
            LoadBalancingPolicy = policy, HashOn = L4HashOn.SourceIpPort, Timeouts = new() { Connect = TimeSpan.FromMinutes(1), Idle = TimeSpan.FromDays(1) },
        };
        return TestProxy.Start(To(dead) with { AccessLog = new() { MaxPerSecond = 1_000_000 }, Clusters = Map(("up", change?.Invoke(cluster) ?? cluster)) }, services =>
        {
            services.AddSingleton<SocketTransport>(_dials);
            configure?.Invoke(services);
        });
    }
}
