using L4Proxy.Configuration;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

public class LoadBalancerTests
{
    [Theory]
    [InlineData(null, typeof(PowerOfTwoChoices))]
    [InlineData("PowerOfTwoChoices", typeof(PowerOfTwoChoices))]
    [InlineData("RoundRobin", typeof(RoundRobin))]
    [InlineData("roundrobin", typeof(RoundRobin))]
    [InlineData("First", typeof(First))]
    [InlineData("LeastConnections", typeof(LeastConnections))]
    [InlineData("random", typeof(RandomChoice))]
    [InlineData("Nearest", null)]
    [InlineData("", null)]
    public void A_policy_is_found_by_name(string? name, Type? type) =>
        Assert.Equal(type, TestPolicies.With().Create(L4Cluster.Keys.LoadBalancingPolicy.Of(new() { LoadBalancingPolicy = name }), new BalancedCluster(new("cluster"), new(), []))?.GetType());

    [Fact]
    public void First_is_the_first_with_a_weight()
    {
        var destinations = TestDestination.OfWeights(0, 1, 9);
        Assert.Same(destinations[1], new First().Pick(destinations));
        Assert.Null(new First().Pick(destinations.AsSpan(0, 1)));
        Assert.Null(new First().Pick([]));
    }
}
