using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Files;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.LoadBalancing;

/// <summary>Who gets how much, by each policy, through reloads and whatever else changes: what is picked from is what a configuration makes.</summary>
public sealed class DistributionTests : IDisposable
{
    private const int Picks = 20_000;

    private readonly FileStore _certificates = new("/", TimeProvider.System, NullLogger<FileStore>.Instance);
    private readonly SnapshotBuilder _builder;
    private ProxySnapshot _snapshot = ProxySnapshot.Empty;
    private long _now = 1_000_000;
    private int _client;
    private TimeSpan? _slowStart;

    public DistributionTests() => _builder = new SnapshotBuilder(
        SystemAddressLookup.LookUpAsync, _certificates, new TlsBuilder(_certificates), TestPolicies.With(), TimeProvider.System);

    public static TheoryData<string> ByWeight => ["RoundRobin", "Random", "PowerOfTwoChoices", "LeastConnections", "Hash", "Maglev"];

    /// <summary>Maglev's table is made of the weights alone.</summary>
    public static TheoryData<string> ByShare => ["RoundRobin", "Random", "PowerOfTwoChoices", "LeastConnections", "Hash"];

    private ClusterModel Cluster => _snapshot.Clusters["up"];

    public void Dispose() => _certificates.Dispose();

    [Theory, MemberData(nameof(ByWeight))]
    public void Shares_are_by_weight_and_by_the_new_ones_after_a_reload(string policy)
    {
        Reload(policy, ("a", 1), ("b", 2), ("c", 3));
        AssertShares(policy, ("a", 1), ("b", 2), ("c", 3));
        Reload(policy, ("a", 5), ("b", 2), ("c", 0));
        AssertShares(policy, ("a", 5), ("b", 2), ("c", 0));
    }

    [Theory, MemberData(nameof(ByWeight))]
    public void Another_policy_takes_over_in_a_reload(string policy)
    {
        Reload("First", ("a", 1), ("b", 3));
        AssertShares("First", ("a", 1), ("b", 0));
        Reload(policy, ("a", 1), ("b", 3));
        AssertShares(policy, ("a", 1), ("b", 3));
    }

    [Theory, MemberData(nameof(ByWeight))]
    public void Those_that_are_left_share_what_one_had_that_is_removed(string policy)
    {
        Reload(policy, ("a", 1), ("b", 2), ("c", 3));
        AssertShares(policy, ("a", 1), ("b", 2), ("c", 3));
        Reload(policy, ("a", 1), ("c", 3));
        AssertShares(policy, ("a", 1), ("c", 3));
    }

    [Theory, MemberData(nameof(ByWeight))]
    public void Those_that_are_left_share_what_one_had_that_is_disabled(string policy)
    {
        Reload(policy, ("a", 1), ("b", 2), ("c", 3));
        AssertShares(policy, ("a", 1), ("b", 2), ("c", 3));
        Reload(policy, destination => destination.Weight == 2 ? destination with { Enabled = false } : destination, ("a", 1), ("b", 2), ("c", 3));
        AssertShares(policy, ("a", 1), ("b", 0), ("c", 3));
    }

    [Theory, MemberData(nameof(ByWeight))]
    public void Those_that_are_left_share_what_one_had_that_is_full_until_it_is_no_more(string policy)
    {
        Reload(policy, destination => destination.Weight == 2 ? destination with { MaxConnections = 1 } : destination, ("a", 1), ("b", 2), ("c", 3));
        var full = Cluster.Destinations[1].State;
        Assert.True(full.TryBegin());
        AssertShares(policy, ("a", 1), ("b", 0), ("c", 3));
        full.Ended();
        AssertShares(policy, ("a", 1), ("b", 2), ("c", 3));
    }

    [Theory, MemberData(nameof(ByWeight))]
    public void Those_that_are_left_share_what_one_had_that_refused_until_its_time_is_over(string policy)
    {
        Reload(policy, ("a", 1), ("b", 2), ("c", 3));
        Cluster.Destinations[1].State.Refused(_now);
        AssertShares(policy, ("a", 1), ("b", 0), ("c", 3));
        _now += 1_000;
        AssertShares(policy, ("a", 1), ("b", 2), ("c", 3));
    }

    [Theory, MemberData(nameof(ByShare))]
    public void One_that_joins_rises_to_its_share(string policy)
    {
        _slowStart = TimeSpan.FromSeconds(10);
        Reload(policy, ("a", 2), ("b", 1));
        AssertShares(policy, ("a", 2), ("b", 1));
        Reload(policy, ("a", 2), ("b", 1), ("c", 3));
        foreach (var percent in (int[])[1, 10, 50, 90, 100])
        {
            _now = 1_000_000 + (100 * percent);
            AssertShares(policy, ("a", 200), ("b", 100), ("c", 3 * percent));
        }
    }

    [Fact]
    public void With_LeastConnections_what_stays_is_even_though_destinations_come_and_go()
    {
        Reload("LeastConnections", ("a", 1), ("b", 1), ("c", 1));
        Keep(300);
        Assert.Equal([100, 100, 100], Active());

        Reload("LeastConnections", ("a", 1), ("b", 1), ("c", 1), ("d", 1));
        // All of them to the new one until it has as many; no connection is moved.
        Keep(100);
        Assert.Equal([100, 100, 100, 100], Active());
        Keep(401);
        Assert.Equal([200, 200, 200, 201], Active().Order());

        // Some end, of one more than of the others.
        for (var i = 0; i < 150; i++)
            Cluster.Destinations[i % 3 == 0 ? 1 : 0].State.Ended();
        Keep(250);
        Assert.All(Active(), active => Assert.InRange(active, 225, 226));

        Reload("LeastConnections", ("b", 1), ("c", 2), ("d", 1));
        Keep(1_000);
        var total = Active().Sum();
        Assert.All(Cluster.Destinations, destination => Assert.InRange(destination.State.Active, (total * destination.Weight / 4) - 2, (total * destination.Weight / 4) + 2));
    }

    [Fact]
    public void Where_connections_stay_PowerOfTwoChoices_is_far_more_even_than_Random()
    {
        var weights = Enumerable.Range(0, 20).Select(i => ($"d{i:00}", 1)).ToArray();
        int SpreadOf(string policy)
        {
            _snapshot = ProxySnapshot.Empty;
            Reload(policy, weights);
            Keep(10_000);
            return Active().Max() - Active().Min();
        }
        var (two, random) = (SpreadOf("PowerOfTwoChoices"), SpreadOf("Random"));
        // Of 500 each, Random is off by some 22 (its standard deviation) and so spreads over some 80.
        Assert.True(3 * two < random, $"{two} and {random}");
    }

    [Theory]
    [InlineData("Hash")]
    [InlineData("Maglev")]
    public void Gateways_agree_whatever_order_their_configurations_have_and_whatever_they_have_seen(string policy)
    {
        var random = new Random(23);
        for (var round = 0; round < 10; round++)
        {
            var weights = Enumerable.Range(0, random.Next(2, 30)).Select(i => ($"d{i}", random.Next(1, 5))).ToArray();
            _snapshot = ProxySnapshot.Empty;
            Reload(policy, weights);
            var here = Enumerable.Range(0, 1_000).Select(IdFor).ToList();

            // The other one had more destinations before, and is loaded otherwise.
            _snapshot = ProxySnapshot.Empty;
            Reload(policy, [.. weights, ("more", 7)]);
            Keep(100);
            random.Shuffle(weights);
            Reload(policy, weights);
            Assert.Equal(here, Enumerable.Range(0, 1_000).Select(IdFor));
        }
    }

    /// <summary>Whatever is removed, of however many.</summary>
    [Theory]
    [InlineData("Hash")]
    [InlineData("Maglev")]
    public void Removing_one_moves_its_own_keys_and_with_Maglev_a_few_others(string policy)
    {
        const int keys = 4_000;
        var random = new Random(29);
        for (var count = 2; count <= 40; count++)
        {
            var weights = Enumerable.Range(0, count).Select(i => ($"d{i}", 1)).ToArray();
            _snapshot = ProxySnapshot.Empty;
            Reload(policy, weights);
            var before = Enumerable.Range(0, keys).Select(IdFor).ToList();
            var gone = weights[random.Next(count)];
            Reload(policy, [.. weights.Where(item => item != gone)]);
            var moved = Enumerable.Range(0, keys).Where(key => IdFor(key) != before[key]).ToList();
            var own = before.Count(id => id == gone.Item1);
            Assert.InRange(own, Low(keys, 1.0 / count), High(keys, 1.0 / count));
            Assert.Equal(own, moved.Count(key => before[key] == gone.Item1));
            Assert.InRange(moved.Count - own, 0, policy == "Hash" ? 0 : keys / 20);
        }
    }

    private static int Low(int count, double share) => (int)Math.Floor((count * share) - Off(count, share));

    private static int High(int count, double share) => (int)Math.Ceiling((count * share) + Off(count, share));

    /// <summary>Six standard deviations, beyond which chance is two times in a thousand million.</summary>
    private static double Off(int count, double share) => 6 * Math.Sqrt(count * share * (1 - share));

    private string IdFor(int client) => Pick(TestClient.Of(client)).Id;

    private DestinationModel Pick(TestClient client)
    {
        var picking = Cluster.Picker.NextAsync(default, client, _now);
        return picking.IsCompletedSuccessfully && picking.Result is { } picked ? picked : throw new InvalidOperationException("None, or not at once.");
    }

    private void Keep(int count)
    {
        for (var i = 0; i < count; i++)
            Assert.True(Pick(TestClient.Of(_client++)).State.TryBegin());
    }

    private IEnumerable<int> Active() => Cluster.Destinations.Select(destination => destination.State.Active);

    private void AssertShares(string policy, params (string Id, int Weight)[] weights)
    {
        var counts = Enumerable.Range(0, Picks).Select(_ => Pick(TestClient.Of(_client++)).Id).CountBy(id => id).ToDictionary();
        double total = weights.Sum(item => item.Weight);
        foreach (var (id, weight) in weights)
        {
            var (count, share) = (counts.GetValueOrDefault(id), weight / total);
            // Round robin is exact but for the round that is not over, and what was owed before.
            var (low, high) = policy == "RoundRobin" ? ((int)(Picks * share) - 3, (int)(Picks * share) + 3) : (Low(Picks, share), High(Picks, share));
            Assert.True(count >= low && count <= high, $"{id} has {count}, not {low} to {high}");
        }
    }

    private void Reload(string policy, params (string Id, int Weight)[] weights) => Reload(policy, destination => destination, weights);

    private void Reload(string policy, Func<L4Destination, L4Destination> change, params (string Id, int Weight)[] weights)
    {
        var cluster = new L4Cluster
        {
            LoadBalancingPolicy = policy,
            SlowStart = _slowStart,
            Destinations = weights.ToDictionary(item => item.Id, item => change(new L4Destination { Address = "10.0.0.1:80", Weight = item.Weight })),
        };
        var next = _builder.Build(Sample.Graph(new() { Clusters = Map(("up", cluster)) }), _snapshot);
        next.Activate(_snapshot, _now);
        _snapshot = next;
    }
}
