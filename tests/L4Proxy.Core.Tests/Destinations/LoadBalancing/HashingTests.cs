using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

/// <summary><c>Hash</c> and <c>Maglev</c>.</summary>
public class HashingTests
{
    private const int Keys = 20_000;

    public static TheoryData<string> Policies => ["Hash", "Maglev"];

    [Theory, MemberData(nameof(Policies))]
    public void A_client_stays_with_its_destination(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 1, 1);
        var balancer = Create(policy, destinations);
        for (var key = 0; key < 100; key++)
        {
            var picked = balancer.Pick(destinations, TestClient.Of(key));
            picked!.State.TryBegin();
            Assert.Same(picked, balancer.Pick(destinations, TestClient.Of(key)));
        }
    }

    [Theory, MemberData(nameof(Policies))]
    public void Shares_are_by_weight(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 2, 3, 4);
        var balancer = Create(policy, destinations);
        var key = 0;
        TestDestination.AssertSharesByWeight(destinations, () => balancer.Pick(destinations, TestClient.Of(key++)));
    }

    [Theory, MemberData(nameof(Policies))]
    public void Gateways_agree_whatever_they_have_seen(string policy)
    {
        var (here, there) = (TestDestination.OfWeights(1, 2, 1), TestDestination.OfWeights(1, 2, 1));
        there[1].AddConnections(100);
        var (one, other) = (Create(policy, here), Create(policy, there));
        other.Pick(there.AsSpan(0, 2), TestClient.Of(1));
        Assert.All(Enumerable.Range(0, 1_000), key => Assert.Equal(one.Pick(here, TestClient.Of(key))!.Id, other.Pick(there, TestClient.Of(key))!.Id));
    }

    /// <summary>These three are what they are for good: a gateway of another version must not move every client.</summary>
    [Theory]
    [InlineData("Hash", "a a d")]
    [InlineData("Maglev", "e a d")]
    public void What_is_picked_is_the_same_in_every_version(string policy, string ids)
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 1, 1, 1, 1, 1);
        var balancer = Create(policy, destinations);
        Assert.Equal(ids, string.Join(' ', Enumerable.Range(0, 3).Select(key => balancer.Pick(destinations, TestClient.Of(key))!.Id)));
    }

    [Theory, MemberData(nameof(Policies))]
    public void Of_one_that_does_not_answer_only_its_own_keys_go_elsewhere_and_to_all(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        var balancer = Create(policy, destinations);
        DestinationModel[] without = [.. destinations.Where(destination => destination.Id != "d")];
        var moved = new Dictionary<string, int>();
        for (var key = 0; key < Keys; key++)
        {
            var (before, after) = (balancer.Pick(destinations, TestClient.Of(key))!.Id, balancer.Pick(without, TestClient.Of(key))!.Id);
            if (before == "d")
                moved[after] = moved.GetValueOrDefault(after) + 1;
            else
                Assert.Equal(before, after);
        }
        Assert.Equal(9, moved.Count);
        Assert.All(moved.Values, count => Assert.InRange(count, Keys / 90 * 0.7, Keys / 90 * 1.3));
    }

    [Theory]
    [InlineData("Hash", 1.0)]
    // Section 3.4 of the paper: a few others move, too.
    [InlineData("Maglev", 1.6)]
    public void Removing_one_of_ten_moves_about_a_tenth(string policy, double atMost)
    {
        var ten = TestDestination.OfWeights(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        DestinationModel[] nine = [.. ten.Where(destination => destination.Id != "d").Select((destination, index) => TestDestination.Of(destination.Id, index: index))];
        var (before, after) = (Create(policy, ten), Create(policy, nine));
        var moved = Enumerable.Range(0, Keys).Count(key => before.Pick(ten, TestClient.Of(key))!.Id != after.Pick(nine, TestClient.Of(key))!.Id);
        Assert.InRange(moved, Keys / 10 * 0.9, Keys / 10 * (atMost + 0.1));
    }

    [Theory, MemberData(nameof(Policies))]
    public void A_bound_sends_on_what_is_more_than_a_part(string policy)
    {
        var destinations = TestDestination.OfWeights(1, 1, 1, 1);
        var balancer = Create(policy, destinations, factor: 125);
        for (var i = 0; i < 400; i++)
            balancer.Pick(destinations, TestClient.Of(7))!.State.TryBegin();
        Assert.All(destinations, destination => Assert.InRange(destination.State.Active, 25, 125));
        Assert.Equal(125, destinations.Max(destination => destination.State.Active));
    }

    [Fact]
    public void What_begins_while_one_is_picked_leaves_it_not_without_a_destination()
    {
        var destinations = TestDestination.OfWeights(1, 1, 0);
        var bound = new LoadBound(101, destinations);
        Array.ForEach(destinations, destination => destination.AddConnections(3));
        Assert.Equal(RendezvousHash.Pick(7, destinations, default)!.Id, RendezvousHash.Pick(7, destinations, bound)?.Id);
        Assert.Null(RendezvousHash.Pick(7, destinations.AsSpan(2), bound));
    }

    [Theory, MemberData(nameof(Policies))]
    public void Weight_0_is_never_picked(string policy)
    {
        var destinations = TestDestination.OfWeights(0, 1, 0);
        var balancer = Create(policy, destinations);
        Assert.All(Enumerable.Range(0, 100), key => Assert.Same(destinations[1], balancer.Pick(destinations, TestClient.Of(key))));
        Assert.Null(balancer.Pick(destinations.AsSpan(0, 1), TestClient.Of(1)));
        Assert.Null(balancer.Pick([], TestClient.Of(1)));
        Assert.Null(Create(policy, []).Pick([], TestClient.Of(1)));
    }

    [Theory, MemberData(nameof(Policies))]
    public void A_pick_allocates_nothing(string policy)
    {
        var destinations = TestDestination.OfWeights([.. Enumerable.Repeat(1, 1000)]);
        var balancer = Create(policy, destinations, factor: 150);
        var client = TestClient.Of(3);
        balancer.Pick(destinations, client);
        Assert.Equal(0, Allocated.By(() => balancer.Pick(destinations, client), times: 100));
    }

    [Fact]
    public void A_table_is_kept_while_ids_and_weights_are_the_same()
    {
        var cluster = new ClusterState("cluster");
        MaglevTable? Table(params int[] weights)
        {
            TestPolicies.With().Create("Maglev", new(cluster, new(), TestDestination.OfWeights(weights)));
            return cluster.Maglev;
        }
        var table = Table(1, 2, 3);
        Assert.Same(table, Table(1, 2, 3));
        Assert.NotSame(table, table = Table(1, 2, 4));
        Assert.NotSame(table, Table(1, 2));
        Assert.Null(Table(0));
    }

    [Fact]
    public void What_is_hashed_is_what_is_asked_for()
    {
        var client = TestClient.Of(1, port: 1000);
        var (otherPort, otherName, otherId) = (TestClient.Of(1, port: 1001), TestClient.Of(1, port: 1000) with { ServerName = "b.example.com" }, TestClient.Of(1, port: 1000) with { ClientId = "two" });

        Assert.Equal(HashKey.Of(L4HashOn.SourceIp, client), HashKey.Of(L4HashOn.SourceIp, otherPort));
        Assert.NotEqual(HashKey.Of(L4HashOn.SourceIpPort, client), HashKey.Of(L4HashOn.SourceIpPort, otherPort));
        Assert.NotEqual(HashKey.Of(L4HashOn.Sni, client), HashKey.Of(L4HashOn.Sni, otherName));
        Assert.Equal(HashKey.Of(L4HashOn.Sni, client), HashKey.Of(L4HashOn.Sni, otherPort));
        Assert.NotEqual(HashKey.Of(L4HashOn.MqttClientId, client), HashKey.Of(L4HashOn.MqttClientId, otherId));
        Assert.Equal(HashKey.Of(L4HashOn.MqttClientId, client), HashKey.Of(L4HashOn.MqttClientId, otherName));
    }

    [Fact]
    public void Who_does_not_say_it_goes_by_address()
    {
        var silent = TestClient.Of(1) with { ServerName = null, ClientId = "" };
        Assert.Equal(HashKey.Of(L4HashOn.SourceIp, silent), HashKey.Of(L4HashOn.Sni, silent));
        Assert.Equal(HashKey.Of(L4HashOn.SourceIp, silent), HashKey.Of(L4HashOn.MqttClientId, silent));
        var mapped = silent with { ClientEndPoint = new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.1"), 1) };
        Assert.Equal(HashKey.Of(L4HashOn.SourceIp, silent), HashKey.Of(L4HashOn.SourceIp, mapped));
        Assert.Equal(HashKey.Of(L4HashOn.SourceIp, silent with { ClientEndPoint = null }), HashKey.Of(L4HashOn.Sni, silent with { ClientEndPoint = new UnixDomainSocketEndPoint("/a") }));
    }

    private static BuiltInPolicy Create(string policy, DestinationModel[] destinations, int factor = 0) => (BuiltInPolicy)TestPolicies.With().Create(
        policy, new(new ClusterState("cluster"), new() { HashBalanceFactor = factor }, destinations))!;
}
