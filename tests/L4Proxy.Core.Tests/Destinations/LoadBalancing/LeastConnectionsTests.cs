using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

public class LeastConnectionsTests
{
    private readonly LeastConnections _balancer = new(new Random(17));

    [Fact]
    public void The_one_with_the_fewest_for_its_weight_is_always_picked()
    {
        var destinations = TestDestination.OfWeights(1, 4, 1);
        destinations[0].AddConnections(2);
        destinations[1].AddConnections(7);
        destinations[2].AddConnections(3);
        for (var i = 0; i < 200; i++)
            Assert.Same(destinations[1], _balancer.Pick(destinations));
        destinations[1].AddConnections(2);
        for (var i = 0; i < 200; i++)
            Assert.Same(destinations[0], _balancer.Pick(destinations));
    }

    [Fact]
    public void Kept_connections_are_as_even_as_whole_numbers_are()
    {
        var destinations = TestDestination.OfWeights([.. Enumerable.Repeat(1, 50), .. Enumerable.Repeat(3, 50)]);
        for (var i = 0; i < 20_000; i++)
            _balancer.Pick(destinations)!.State.TryBegin();

        Assert.All(destinations, destination => Assert.InRange(destination.State.Active / (double)destination.Weight, 99, 101));
    }

    [Fact]
    public void Equals_share_by_weight()
    {
        var destinations = TestDestination.OfWeights(4, 3, 2, 1);
        TestDestination.AssertSharesByWeight(destinations, () => _balancer.Pick(destinations));
    }

    [Fact]
    public void A_new_one_gets_all_until_it_has_as_many()
    {
        var destinations = TestDestination.OfWeights(1, 1, 1);
        destinations[0].AddConnections(10);
        destinations[1].AddConnections(10);
        for (var i = 0; i < 10; i++)
        {
            Assert.Same(destinations[2], _balancer.Pick(destinations));
            destinations[2].State.TryBegin();
        }

        destinations[0].State.Ended();
        Assert.Same(destinations[0], _balancer.Pick(destinations));
    }

    [Fact]
    public void Weight_0_is_never_picked()
    {
        var destinations = TestDestination.OfWeights(0, 1, 0);
        destinations[1].AddConnections(5);
        for (var i = 0; i < 100; i++)
            Assert.Same(destinations[1], _balancer.Pick(destinations));
        Assert.Null(_balancer.Pick(TestDestination.OfWeights(0, 0)));
        Assert.Null(_balancer.Pick([]));
    }

    [Fact]
    public void A_pick_allocates_nothing()
    {
        var destinations = TestDestination.OfWeights(1, 2, 3);
        Assert.Equal(0, Allocated.By(() => _balancer.Pick(destinations), times: 1_000));
    }
}
