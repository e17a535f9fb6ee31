using System.Net;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Destinations.Resolution;

/// <summary>What a flood of connections and of names that clients make up cannot do.</summary>
public class AddressResolverBoundsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLookup _lookup = new();

    private AddressResolver Resolver(int maxNames = 10_000, int maxLookups = 16) =>
        new(_lookup.LookUpAsync, new AddressResolverOptions { MaxNames = maxNames, MaxConcurrentLookups = maxLookups }, _time);

    private static Task<AddressResolution> ResolveAsync(AddressResolver resolver, string host) =>
        resolver.ResolveAsync(host, 80, TestContext.Current.CancellationToken).AsTask();

    private static Task<AddressResolution> Within(Task<AddressResolution> resolution) =>
        resolution.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Names_beyond_the_cap_wait_for_their_turn()
    {
        var resolver = Resolver();
        var waiting = Enumerable.Range(0, 40).Select(i => ResolveAsync(resolver, $"n{i}.internal")).ToArray();
        Assert.Equal(16, _lookup.Started);
        for (var i = 0; i < 40; i++)
            Assert.Equal($"n{i}.internal", _lookup.Answer($"10.0.0.{i}"));
        for (var i = 0; i < 40; i++)
            Assert.Equal([IPEndPoint.Parse($"10.0.0.{i}:80")], (await Within(waiting[i])).EndPoints);
        Assert.Equal(16, _lookup.MostRunning);
        Assert.Equal(40, _lookup.Started);
        Assert.Equal(0, _lookup.Running);
    }

    [Fact]
    public async Task Who_cannot_be_listened_to_takes_nobodys_turn()
    {
        var resolver = new NameResolver<AddressSet>(
            _ => Task.FromResult(new LookupAnswer<AddressSet>(_ => new([IPAddress.Loopback])) { Changes = new DeafToken() }),
            _ => null, new AddressResolverOptions { MaxConcurrentLookups = 1 }, _time);
        for (var i = 0; i < 3; i++)
            Assert.True((await resolver.FindAsync($"n{i}", TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).IsFound);
    }

    private sealed class DeafToken : IChangeToken
    {
        public bool HasChanged => false;

        public bool ActiveChangeCallbacks => true;

        public IDisposable RegisterChangeCallback(Action<object?> callback, object? state) => throw new InvalidOperationException("test");
    }

    [Fact]
    public async Task A_turn_that_comes_too_late_is_passed_on()
    {
        var resolver = Resolver(maxLookups: 1);
        var hanging = ResolveAsync(resolver, "hanging.internal");
        var forgotten = Enumerable.Range(0, 100).Select(i => ResolveAsync(resolver, $"n{i}.internal")).ToArray();
        _time.Advance(TimeSpan.FromSeconds(2));
        foreach (var resolution in forgotten.Append(hanging))
            Assert.Equal(AddressResolutionStatus.TimedOut, (await Within(resolution)).Status);

        _time.Advance(TimeSpan.FromSeconds(10));
        var patient = ResolveAsync(resolver, "n50.internal");
        var fresh = ResolveAsync(resolver, "fresh.internal");
        Assert.Equal("hanging.internal", _lookup.Answer("10.0.0.1"));

        // Of those that queued before, only the one that is wanted again has its turn.
        Assert.Equal("n50.internal", _lookup.Answer("10.0.0.2"));
        Assert.Equal("fresh.internal", _lookup.Answer("10.0.0.3"));
        Assert.Equal(AddressResolutionStatus.Found, (await Within(patient)).Status);
        Assert.Equal(AddressResolutionStatus.Found, (await Within(fresh)).Status);
        Assert.Equal(3, _lookup.Started);
    }

    [Fact]
    public async Task The_name_not_used_for_longest_is_forgotten()
    {
        var resolver = Resolver(maxNames: 100);
        for (var i = 0; i < 100; i++)
            await KnowAsync(i);
        _time.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 50; i++)
            await KnowAsync(i);
        Assert.Equal(100, _lookup.Started);
        for (var i = 100; i < 150; i++)
            await KnowAsync(i);
        Assert.Equal(100, resolver.NameCount);
        Assert.Equal(150, _lookup.Started);

        for (var i = 0; i < 50; i++)
            await KnowAsync(i);
        Assert.Equal(150, _lookup.Started);
        await KnowAsync(50);
        Assert.Equal(151, _lookup.Started);
        Assert.Equal(100, resolver.NameCount);

        async Task KnowAsync(int i)
        {
            _lookup.Answers[$"n{i}.internal"] = [IPAddress.Loopback];
            Assert.Equal(AddressResolutionStatus.Found, (await Within(ResolveAsync(resolver, $"n{i}.internal"))).Status);
        }
    }

    [Fact]
    public async Task A_name_with_a_lookup_under_way_is_not_forgotten()
    {
        var resolver = Resolver(maxNames: 10);
        var first = ResolveAsync(resolver, "first.internal");
        for (var i = 0; i < 100; i++)
        {
            _lookup.Answers[$"n{i}.internal"] = [IPAddress.Loopback];
            await Within(ResolveAsync(resolver, $"n{i}.internal"));
        }

        var second = ResolveAsync(resolver, "first.internal");
        Assert.Equal(101, _lookup.Started);
        _lookup.Answer("10.0.0.1");
        Assert.Equal(AddressResolutionStatus.Found, (await Within(first)).Status);
        Assert.Equal(AddressResolutionStatus.Found, (await Within(second)).Status);
    }

    [Fact]
    public async Task More_new_names_than_fit_fail_at_once_and_known_ones_go_on()
    {
        var resolver = Resolver(maxNames: 50, maxLookups: 4);
        var waiting = Enumerable.Range(0, 50).Select(i => ResolveAsync(resolver, $"n{i}.internal")).ToArray();
        var tooMany = ResolveAsync(resolver, "more.internal");
        Assert.True(tooMany.IsCompletedSuccessfully);
        Assert.Equal(AddressResolutionStatus.Failed, (await tooMany).Status);
        Assert.Equal(50, resolver.NameCount);
        Assert.Equal(4, _lookup.Started);

        for (var i = 0; i < 50; i++)
            _lookup.Answer("10.0.0.1");
        foreach (var resolution in waiting)
            Assert.Equal(AddressResolutionStatus.Found, (await Within(resolution)).Status);
        _lookup.Answers["more.internal"] = [IPAddress.Loopback];
        Assert.Equal(AddressResolutionStatus.Found, (await Within(ResolveAsync(resolver, "more.internal"))).Status);
    }

    [Fact]
    public async Task Random_names_from_many_threads_stay_within_the_bounds()
    {
        var resolver = Resolver(maxNames: 200, maxLookups: 5);
        for (var i = 0; i < 600; i += 2)
            _lookup.Answers[$"n{i}.internal"] = [new IPAddress(i + 1)];
        var workers = Enumerable.Range(0, 4).Select(seed => Task.Run(() => AskAsync(resolver, seed), TestContext.Current.CancellationToken));
        var asking = Task.WhenAll(workers);
        while (!asking.IsCompleted)
        {
            // Odd names hang until here.
            _lookup.TryAnswer("10.1.1.1");
            _time.Advance(TimeSpan.FromMilliseconds(50));
            Assert.InRange(resolver.NameCount, 0, 200);
            await Task.Yield();
        }

        var statuses = (await asking).SelectMany(each => each).CountBy(status => status).ToDictionary();
        Assert.InRange(_lookup.MostRunning, 1, 5);
        Assert.True(statuses[AddressResolutionStatus.Found] > 1_000, "hardly any was found");
        while (_lookup.TryAnswer("10.1.1.1"))
        {
        }

        Assert.Equal(AddressResolutionStatus.Found, (await Within(ResolveAsync(resolver, "n0.internal"))).Status);
    }

    private static async Task<List<AddressResolutionStatus>> AskAsync(AddressResolver resolver, int seed)
    {
        var random = new Random(seed);
        var statuses = new List<AddressResolutionStatus>();
        for (var i = 0; i < 5_000; i++)
        {
            var number = random.Next(600);
            var resolution = await resolver.ResolveAsync($"n{number}.internal", 80, TestContext.Current.CancellationToken);
            if (number % 2 == 0 && resolution.Status == AddressResolutionStatus.Found)
                Assert.Equal([new IPEndPoint(new IPAddress(number + 1), 80)], resolution.EndPoints);
            statuses.Add(resolution.Status);
        }

        return statuses;
    }
}
