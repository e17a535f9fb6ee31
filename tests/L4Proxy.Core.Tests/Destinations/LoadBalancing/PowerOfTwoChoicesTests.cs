using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

public class PowerOfTwoChoicesTests
{
    private readonly PowerOfTwoChoices _balancer = new(new Random(17));

    [Fact]
    public void Of_two_the_less_loaded_is_always_picked()
    {
        var destinations = TestDestination.OfWeights(1, 1);
        destinations[0].State.TryBegin();
        for (var i = 0; i < 200; i++)
            Assert.Same(destinations[1], _balancer.Pick(destinations));
    }

    [Fact]
    public void Load_is_measured_by_weight()
    {
        var destinations = TestDestination.OfWeights(10, 1);
        destinations[0].AddConnections(19);
        destinations[1].AddConnections(2);
        for (var i = 0; i < 200; i++)
            Assert.Same(destinations[0], _balancer.Pick(destinations));
        destinations[0].AddConnections(2);
        for (var i = 0; i < 200; i++)
            Assert.Same(destinations[1], _balancer.Pick(destinations));
    }

    [Fact]
    public void The_most_loaded_is_never_picked()
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 1, 1);
        destinations[2].AddConnections(1);
        var picked = new HashSet<DestinationModel>();
        for (var i = 0; i < 1_000; i++)
            picked.Add(_balancer.Pick(destinations)!);
        Assert.True(picked.SetEquals(destinations.Except([destinations[2]])));
    }

    [Fact]
    public void Idle_destinations_share_by_weight()
    {
        var destinations = TestDestination.OfWeights(4, 3, 2, 1);
        // The first draw decides between equals, and it is by weight.
        TestDestination.AssertSharesByWeight(destinations, () => _balancer.Pick(destinations));
    }

    [Fact]
    public void Kept_connections_spread_almost_evenly_by_weight()
    {
        var destinations = TestDestination.OfWeights([.. Enumerable.Repeat(1, 50), .. Enumerable.Repeat(3, 50)]);
        for (var i = 0; i < 20_000; i++)
            _balancer.Pick(destinations)!.State.TryBegin();

        // 200 weights share 20 000; one random choice alone would be off by 30 or so.
        Assert.All(destinations, destination => Assert.InRange(destination.State.Active / (double)destination.Weight, 92, 105));
    }

    [Fact]
    public void Weight_0_is_never_picked()
    {
        var destinations = TestDestination.OfWeights(0, 1, 0);
        for (var i = 0; i < 100; i++)
            Assert.Same(destinations[1], _balancer.Pick(destinations));
        Assert.Null(_balancer.Pick(TestDestination.OfWeights(0, 0)));
        Assert.Null(_balancer.Pick([]));
    }

    [Fact]
    public async Task Is_safe_from_many_threads()
    {
        var destinations = TestDestination.OfWeights(1, 5, 9);
        var balancer = new PowerOfTwoChoices(Random.Shared);
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 50_000; i++)
                {
                    var picked = balancer.Pick(destinations);
                    Assert.NotNull(picked);
                    picked.State.TryBegin();
                    picked.State.Ended();
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.All(destinations, destination => Assert.Equal(0, destination.State.Active));
    }
}
