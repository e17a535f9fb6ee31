using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

public class RoundRobinTests
{
    private readonly ClusterState _cluster = new("cluster");

    private static string Picks(BuiltInPolicy balancer, DestinationModel[] destinations, int count) => Turns(Over(balancer, destinations), destinations, count);

    private static string Turns(BuiltInPolicy balancer, DestinationModel[] destinations, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => balancer.Pick(destinations)!.Id));

    private static BuiltInPolicy Over(BuiltInPolicy balancer, DestinationModel[] destinations) => (BuiltInPolicy)balancer.Over(destinations);

    [Fact]
    public void Equal_weights_take_turns() =>
        Assert.Equal("abcabcabc", Picks(new RoundRobin(_cluster), TestDestination.OfWeights(1, 1, 1), 9));

    [Fact]
    public void Weights_are_spread_smoothly() =>
        Assert.Equal("aabacaaaabacaa", Picks(new RoundRobin(_cluster), TestDestination.OfWeights(5, 1, 1), 14));

    [Fact]
    public void Every_full_round_gives_each_its_weight()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var cluster = new ClusterState("cluster");
            var weights = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, 30)).ToArray();
            var destinations = TestDestination.OfWeights(weights);
            var balancer = Over(new RoundRobin(cluster), destinations);
            var total = weights.Sum();
            for (var round = 0; round < 3; round++)
            {
                var picks = Enumerable.Range(0, total).Select(_ => balancer.Pick(destinations)!).CountBy(picked => picked).ToDictionary();
                Assert.All(destinations, destination => Assert.Equal(destination.Weight, picks[destination]));
            }
        }
    }

    [Fact]
    public void No_destination_gets_ahead_of_its_share()
    {
        int[] weights = [50, 30, 15, 4, 1];
        var destinations = TestDestination.OfWeights(weights);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        var picked = destinations.ToDictionary(destination => destination, _ => 0);
        for (var i = 1; i <= 1_000; i++)
        {
            picked[balancer.Pick(destinations)!]++;
            Assert.All(destinations, destination => Assert.InRange(picked[destination] - (i * destination.Weight / 100.0), -2, 2));
        }
    }

    [Fact]
    public void Weight_0_is_never_picked()
    {
        var destinations = TestDestination.OfWeights(0, 2, 0, 1);
        Assert.Equal("bdbbdb", Picks(new RoundRobin(_cluster), destinations, 6));
        DestinationModel[] weightless = TestDestination.OfWeights(0, 0);
        Assert.Null(Over(new RoundRobin(_cluster), weightless).Pick(weightless));
        Assert.Null(new RoundRobin(_cluster).Pick(weightless));
        Assert.Null(Over(new RoundRobin(_cluster), []).Pick([]));
    }

    [Fact]
    public void A_reload_does_not_start_again_at_the_first()
    {
        var destinations = TestDestination.OfWeights(1, 1, 1);
        Assert.Equal("ab", Picks(new RoundRobin(_cluster), destinations, 2));
        Assert.Equal("cab", Picks(new RoundRobin(_cluster), destinations, 3));
    }

    [Fact]
    public void A_heavyweight_that_goes_leaves_no_debts()
    {
        var destinations = TestDestination.OfWeights(1_000_000, 1, 1);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        for (var i = 0; i < 400_001; i++)
            balancer.Pick(destinations);

        // Until here b and c have waited for 400 000 picks; what is left of that may not exceed a round.
        var picks = Picks(balancer, destinations[1..], 20);
        Assert.InRange(picks.Count(id => id == 'b'), 9, 11);

        destinations[0] = destinations[0].Weighing(1);
        var all = Picks(balancer, destinations, 30);
        Assert.All("abc", id => Assert.InRange(all.Count(picked => picked == id), 8, 12));
    }

    [Fact]
    public void What_failed_connections_pick_instead_stays_even()
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 1);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        var served = destinations.ToDictionary(destination => destination, _ => 0);
        for (var i = 0; i < 4_000; i++)
        {
            // The first one is down, and whoever is sent there is sent on.
            var picked = balancer.Pick(destinations)!;
            served[picked == destinations[0] ? balancer.Pick(destinations.AsSpan(1))! : picked]++;
        }

        Assert.All(destinations[1..], destination => Assert.InRange(served[destination], 1_300, 1_370));
    }

    [Fact]
    public async Task Picks_of_many_threads_add_up_to_whole_rounds()
    {
        const int threads = 4, rounds = 20_000;
        var destinations = TestDestination.OfWeights(7, 4, 2, 1);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        var counts = new int[destinations.Length];
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                for (var i = 0; i < 14 * rounds; i++)
                    Interlocked.Increment(ref counts[Array.IndexOf(destinations, balancer.Pick(destinations))]);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(destinations.Select(destination => destination.Weight * threads * rounds), counts);
    }

    /// <summary>Turns are worked out ahead and credits are settled afterwards; whoever is picked is to be as if each pick were worked out by itself, whatever comes and goes and gets another weight.</summary>
    [Fact]
    public void Who_is_picked_is_who_would_be_without_turns()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var all = TestDestination.OfWeights([.. Enumerable.Repeat(1, random.Next(1, 9))]);
            var naive = new Dictionary<string, long>();
            BuiltInPolicy balancer = new RoundRobin(new ClusterState("cluster"));
            for (var change = 0; change < 12; change++)
            {
                // Weights without a common divisor make rounds that are longer than what is kept.
                var most = round % 10 == 0 ? 1000 : 6;
                all = [.. all.Select(destination => destination.Weighing(random.Next(most)))];
                DestinationModel[] available = [.. all.Where(_ => random.Next(4) > 0)];
                balancer = Over(balancer, available);
                Clamp(available, naive);
                var picks = random.Next(3) switch { 0 => 1, 1 => random.Next(50), _ => random.Next(random.Next(100) == 0 ? 40_000 : 400) };
                for (var i = 0; i < picks; i++)
                    Assert.Equal(NaivePick(available, naive), balancer.Pick(available)?.Id);
            }
        }

        static void Clamp(DestinationModel[] destinations, Dictionary<string, long> credits)
        {
            long total = destinations.Sum(destination => destination.Share);
            foreach (var destination in destinations.Where(destination => destination.Share > 0))
                credits[destination.Id] = Math.Clamp(credits.GetValueOrDefault(destination.Id), -total, total);
        }

        static string? NaivePick(DestinationModel[] destinations, Dictionary<string, long> credits)
        {
            foreach (var destination in destinations.Where(destination => destination.Share > 0))
                credits[destination.Id] += destination.Share;
            if (destinations.Where(destination => destination.Share > 0).MaxBy(destination => credits[destination.Id]) is not { } best)
                return null;
            credits[best.Id] -= destinations.Sum(destination => destination.Share);
            return best.Id;
        }
    }

    [Fact]
    public void Rounds_longer_than_what_is_kept_give_each_its_weight_too()
    {
        var destinations = TestDestination.OfWeights(99_991, 3, 1);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        var picks = Enumerable.Range(0, 2 * 99_995).Select(_ => balancer.Pick(destinations)!.Id).CountBy(id => id).ToDictionary();
        Assert.Equal((2 * 99_991, 6, 2), (picks["a"], picks["b"], picks["c"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_pick_allocates_nothing(int count)
    {
        var destinations = TestDestination.OfWeights([.. Enumerable.Range(0, count).Select(i => 1 + (i % 3))]);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        Assert.Equal(0, Allocated.By(() => balancer.Pick(destinations), times: 5_000));
    }

    /// <summary>Who holds the gate holds up nobody who picks of what is available: all turns are known.</summary>
    [Fact]
    public void Once_a_round_is_over_no_pick_waits_for_another()
    {
        var destinations = TestDestination.OfWeights(3, 2, 1);
        var balancer = Over(new RoundRobin(_cluster), destinations);
        var round = Turns(balancer, destinations, 7)[..6];
        lock (_cluster.RoundRobinLock)
        {
            string? picked = null;
            var elsewhere = new Thread(() => picked = Turns(balancer, destinations, 600));
            elsewhere.Start();
            Assert.True(elsewhere.Join(TimeSpan.FromSeconds(20)));
            Assert.Equal((round[1..] + string.Concat(Enumerable.Repeat(round, 100)))[..600], picked);
        }
    }

    [Fact]
    public async Task Changes_beside_picks_lose_no_share()
    {
        var destinations = TestDestination.OfWeights(2, 1, 1);
        var state = new ClusterState("cluster");
        BuiltInPolicy balancer = Over(new RoundRobin(state), destinations);
        var counts = new int[3];
        var isOver = false;
        var changing = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                    Volatile.Write(ref balancer, Over(Volatile.Read(ref balancer), destinations));
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var i = 0; i < 40_000; i++)
            counts[Volatile.Read(ref balancer).Pick(destinations)!.Index]++;
        Volatile.Write(ref isOver, true);
        await changing.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        // A pick that comes while credits are settled counts in none of the two.
        Assert.InRange(counts[0], 18_000, 22_000);
        Assert.All(counts[1..], count => Assert.InRange(count, 9_000, 11_000));
    }
}
