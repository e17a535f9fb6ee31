using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

public class RoundRobinTests
{
    private readonly ClusterState _cluster = new("cluster");

    private static string Picks(BuiltInPolicy balancer, DestinationModel[] destinations, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => balancer.Pick(destinations)!.Id));

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
            var balancer = new RoundRobin(cluster);
            var weights = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, 30)).ToArray();
            var destinations = TestDestination.OfWeights(weights);
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
        var balancer = new RoundRobin(_cluster);
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
        Assert.Null(new RoundRobin(_cluster).Pick(TestDestination.OfWeights(0, 0)));
        Assert.Null(new RoundRobin(_cluster).Pick([]));
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
        var balancer = new RoundRobin(_cluster);
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
        var balancer = new RoundRobin(_cluster);
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
        var balancer = new RoundRobin(_cluster);
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
}
