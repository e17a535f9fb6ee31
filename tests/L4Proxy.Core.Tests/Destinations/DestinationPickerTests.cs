using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Prefaces;
using L4Proxy.Tcp;
using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Destinations;

public class DestinationPickerTests
{
    private static DestinationPicker Picker(string? policy, params DestinationModel[] destinations)
    {
        var cluster = destinations.FirstOrDefault()?.State.Cluster ?? new ClusterState("cluster");
        return new(destinations, cluster, TestPolicies.With().Create(L4Cluster.Keys.LoadBalancingPolicy.Of(new() { LoadBalancingPolicy = policy }), new(cluster, new(), destinations))!);
    }

    private static DestinationModel? Next(DestinationPicker picker, ref TriedDestinations tried, long now = 0, IBalancedSession? session = null)
    {
        var picking = picker.NextAsync(tried, session!, now);
        var picked = picking.IsCompletedSuccessfully ? picking.Result : throw new InvalidOperationException("It waits.");
        if (picked is not null)
            tried.Add(picked.Index);
        return picked;
    }

    private static TcpSession SessionOf(string clientId, CoarseClock clock) =>
        new(new ScriptedConnection(), endpoint: null!, clock, http: null) { PrefaceInfo = new() { Content = new MqttConnect("5", clientId, UserName: null) } };

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
    public void What_is_ejected_comes_after_what_refused_lately()
    {
        var destinations = TestDestination.OfWeights(1, 1, 1);
        var health = destinations[0].State.Cluster.Health;
        foreach (var destination in destinations)
            destination.State.Enabled = true;
        health.Configure(HealthPolicy.From(new() { Passive = new() { MaxFails = 2 } }), [.. destinations.Select(destination => destination.State)]);
        destinations[0].State.Refused(now: 0);
        destinations[0].State.Refused(now: 0);
        destinations[1].State.Refused(now: 0);
        destinations[2].State.Refused(now: 0);
        var picker = Picker("First", destinations);
        var tried = default(TriedDestinations);
        Assert.Equal(["b", "c", "a"], Enumerable.Range(0, 3).Select(_ => Next(picker, ref tried)!.Id));
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
        var picker = Picker(policy, TestDestination.OfWeights(0, 1));
        for (var i = 0; i < 50; i++)
        {
            var tried = default(TriedDestinations);
            Assert.Equal("b", Next(picker, ref tried)!.Id);
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
        destinations[0].State.Refused(0);
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
        destinations[0].State.Refused(0);
        destinations[1].State.Refused(0);
        for (var i = 0; i < 50; i++)
        {
            // The time of both is over.
            var tried = default(TriedDestinations);
            tried.Add(destinations[0].Index);
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
        destinations[0].State.Refused(0);
        destinations[1].State.Refused(0);
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
        destinations[1].State.Refused(0);
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
    public void A_policy_is_told_what_is_available_once_for_each_change()
    {
        List<string> told = [];
        var destinations = TestDestination.OfWeights(1, 1, 1);
        var picker = new DestinationPicker(destinations, destinations[0].State.Cluster, new TestPolicy(told));
        using var clock = new CoarseClock(new ManualTimeProvider(), _ => { });
        var session = SessionOf("four", clock);

        Assert.Equal("b", PickedAt(0));
        destinations[1].State.Refused(now: 0);
        Assert.Equal("a", PickedAt(0));
        destinations[1].State.Refused(now: 1);
        Assert.Equal("a", PickedAt(999));
        Assert.Equal("b", PickedAt(1_000));
        destinations[2].State.Refused(now: 1_000);
        Assert.Equal("a", PickedAt(1_000));
        destinations[2].State.Answered();
        destinations[2].State.Answered();
        Assert.Equal("b", PickedAt(1_000));
        foreach (var destination in destinations)
            destination.State.Refused(now: 2_000);
        Assert.Equal("b", PickedAt(2_000));
        Assert.Equal(["abc", "ac", "abc", "ab", "abc", "abc"], told);

        string PickedAt(long now)
        {
            var tried = default(TriedDestinations);
            Next(picker, ref tried, now, session);
            tried = default;
            return Next(picker, ref tried, now, session)!.Id;
        }
    }

    [Fact]
    public void After_one_that_did_not_answer_a_policy_picks_from_the_rest_with_what_it_has_prepared()
    {
        List<string> told = [];
        var destinations = TestDestination.OfWeights(1, 1, 1);
        var picker = new DestinationPicker(destinations, destinations[0].State.Cluster, new TestPolicy(told));
        using var clock = new CoarseClock(new ManualTimeProvider(), _ => { });
        var session = SessionOf("four", clock);
        var tried = default(TriedDestinations);
        Assert.Equal("bca", string.Concat(Enumerable.Range(0, 3).Select(_ => Next(picker, ref tried, session: session)!.Id)));
        Assert.Equal(["abc"], told);
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
