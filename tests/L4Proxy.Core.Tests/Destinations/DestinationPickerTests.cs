using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations;

namespace L4Proxy.Core.Tests.Destinations;

public class DestinationPickerTests
{
    private static DestinationPicker Picker(string? policy, params DestinationState[] destinations) =>
        new(destinations, TestPolicies.With().Create(L4Cluster.Keys.LoadBalancingPolicy.Of(new() { LoadBalancingPolicy = policy }), new ClusterState("cluster"))!);

    private static DestinationState? Next(DestinationPicker picker, ref TriedDestinations tried, long now = 0)
    {
        var picking = picker.NextAsync(tried, session: null!, now);
        var picked = picking.IsCompletedSuccessfully ? picking.Result : throw new InvalidOperationException("It waits.");
        if (picked is not null)
            picker.Note(ref tried, picked);
        return picked;
    }

    [Theory]
    [InlineData("First", 1)]
    [InlineData("First", 5)]
    [InlineData("RoundRobin", 5)]
    [InlineData("PowerOfTwoChoices", 2)]
    [InlineData("PowerOfTwoChoices", 5)]
    [InlineData("PowerOfTwoChoices", 64)]
    [InlineData("RoundRobin", 65)]
    [InlineData("PowerOfTwoChoices", 200)]
    public void Each_destination_comes_once_then_none(string policy, int count)
    {
        var destinations = TestDestination.OfWeights([.. Enumerable.Repeat(1, count)]);
        var picker = Picker(policy, destinations);
        for (var round = 0; round < 5; round++)
        {
            var tried = default(TriedDestinations);
            var picked = Enumerable.Range(0, count).Select(_ => Next(picker, ref tried)).ToArray();
            Assert.True(picked.ToHashSet().SetEquals(destinations));
            Assert.Null(Next(picker, ref tried));
            Assert.Null(Next(picker, ref tried));
        }
    }

    [Fact]
    public void First_goes_on_to_the_next_in_order()
    {
        var picker = Picker("First", TestDestination.OfWeights(1, 0, 1, 1));
        var tried = default(TriedDestinations);
        Assert.Equal("a", Next(picker, ref tried)!.Id);
        Assert.Equal("c", Next(picker, ref tried)!.Id);
        Assert.Equal("d", Next(picker, ref tried)!.Id);
        Assert.Null(Next(picker, ref tried));
    }

    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public void Those_of_weight_0_never_come(string policy)
    {
        var picker = Picker(policy, TestDestination.Of("zero", weight: 0), TestDestination.Of("on"));
        for (var i = 0; i < 50; i++)
        {
            var tried = default(TriedDestinations);
            Assert.Equal("on", Next(picker, ref tried)!.Id);
            Assert.Null(Next(picker, ref tried));
        }
    }

    [Fact]
    public void A_cluster_without_destinations_has_none()
    {
        var tried = default(TriedDestinations);
        Assert.Null(Next(Picker(null), ref tried));
    }

    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public void One_that_refused_comes_after_the_others_until_its_time_is_over(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 0);
        var picker = Picker(policy, destinations);
        destinations[0].Refusals.Note(0);
        for (var i = 0; i < 50; i++)
        {
            var tried = default(TriedDestinations);
            Assert.True(new HashSet<string> { "b", "c" }.SetEquals([Next(picker, ref tried)!.Id, Next(picker, ref tried)!.Id]));
            Assert.Equal("a", Next(picker, ref tried)!.Id);
            Assert.Null(Next(picker, ref tried));
        }

        var picked = Enumerable.Range(0, 50).Select(_ => Fresh(1_000)).ToHashSet();
        Assert.Contains("a", picked);

        string Fresh(long now)
        {
            var tried = default(TriedDestinations);
            return Next(picker, ref tried, now)!.Id;
        }
    }

    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public void Who_has_met_one_that_refuses_gets_one_next_that_never_did(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 1, 1);
        var picker = Picker(policy, destinations);
        destinations[0].Refusals.Note(0);
        destinations[1].Refusals.Note(0);
        for (var i = 0; i < 50; i++)
        {
            // The time of both is over.
            var tried = default(TriedDestinations);
            picker.Note(ref tried, destinations[0]);
            Assert.Equal("c", Next(picker, ref tried, now: 5_000)!.Id);
            Assert.Equal("b", Next(picker, ref tried, now: 5_000)!.Id);
        }
    }

    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public void Where_all_refused_all_are_tried(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 1, 0);
        var picker = Picker(policy, destinations);
        destinations[0].Refusals.Note(0);
        destinations[1].Refusals.Note(0);
        var tried = default(TriedDestinations);
        Assert.NotNull(Next(picker, ref tried));
        Assert.NotNull(Next(picker, ref tried));
        Assert.Null(Next(picker, ref tried));
    }

    [Theory]
    [InlineData("First")]
    [InlineData("RoundRobin")]
    [InlineData("PowerOfTwoChoices")]
    public void Picking_allocates_nothing(string policy)
    {
        var picker = Picker(policy, TestDestination.OfWeights([.. Enumerable.Repeat(1, 100)]));
        Assert.Equal(0, Allocated.By(First, times: 1_000));

        picker = Picker(policy, TestDestination.OfWeights(3, 1, 2, 1));
        Assert.Equal(0, Allocated.By(Retry, times: 1_000));

        var destinations = TestDestination.OfWeights(1, 1, 1);
        destinations[1].Refusals.Note(0);
        picker = Picker(policy, destinations);
        Assert.Equal(0, Allocated.By(First, times: 1_000));

        void First()
        {
            var tried = default(TriedDestinations);
            Next(picker, ref tried);
        }

        void Retry()
        {
            var tried = default(TriedDestinations);
            while (Next(picker, ref tried) is not null)
            {
            }
        }
    }

    [Fact]
    public void Tried_destinations_are_a_set()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var tried = default(TriedDestinations);
            var model = new HashSet<int>();
            Assert.True(tried.IsEmpty);
            for (var i = 0; i < round % 40; i++)
            {
                var index = random.Next(round % 2 == 0 ? 64 : 300);
                tried.Add(index);
                model.Add(index);
                Assert.False(tried.IsEmpty);
            }

            for (var index = 0; index < 300; index++)
                Assert.Equal(model.Contains(index), tried.Contains(index));
        }
    }
}
