using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

public class RandomChoiceTests
{
    private readonly RandomChoice _balancer = new(new Random(17));

    [Fact]
    public void Shares_are_by_weight_whatever_they_have_to_do()
    {
        var destinations = TestDestination.OfWeights(4, 3, 2, 1, 0);
        destinations[0].AddConnections(1_000);
        TestDestination.AssertSharesByWeight(destinations, () => _balancer.Pick(destinations));
    }

    [Fact]
    public void Without_a_weight_there_is_none()
    {
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
