using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Limits;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>What building a configuration may not touch before it is in force.</summary>
public sealed class SnapshotBuilderTests : IDisposable
{
    private readonly FileStore _certificates = new("/", TimeProvider.System, NullLogger<FileStore>.Instance);
    private readonly SnapshotBuilder _builder;

    public SnapshotBuilderTests() => _builder = new SnapshotBuilder(
        SystemAddressLookup.LookUpAsync, _certificates, new TlsBuilder(_certificates), TestPolicies.With(), TimeProvider.System);

    public void Dispose() => _certificates.Dispose();

    private static ConfigGraph With(int weight, bool enabled, string? policy = null) => Sample.Graph(new()
    {
        Clusters = Map(
            ("a", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "10.0.0.1:80", Weight = weight, Enabled = enabled })) }),
            ("b", new L4Cluster { LoadBalancingPolicy = policy, Destinations = Map(("d", new L4Destination { Address = "10.0.0.2:80" })) })),
    });

    [Fact]
    public void A_configuration_that_cannot_be_built_changes_nothing_of_the_destinations_in_use()
    {
        var before = _builder.Build(With(weight: 3, enabled: true), ProxySnapshot.Empty);
        before.Activate(ProxySnapshot.Empty, now: 0);
        var destination = before.Clusters["a"].Destinations[0].State;
        Assert.Throws<ArgumentException>(() => _builder.Build(With(weight: 9, enabled: false, policy: "unheard-of"), before));
        Assert.Equal((3, true), (before.Clusters["a"].Destinations[0].Weight, destination.Enabled));
    }

    [Fact]
    public void A_configuration_changes_destinations_when_it_comes_into_force_and_not_before()
    {
        var before = _builder.Build(With(weight: 3, enabled: true), ProxySnapshot.Empty);
        before.Activate(ProxySnapshot.Empty, now: 0);
        var destination = before.Clusters["a"].Destinations[0].State;
        var next = _builder.Build(With(weight: 9, enabled: false), before);
        Assert.Equal((3, true), (before.Clusters["a"].Destinations[0].Weight, destination.Enabled));
        next.Activate(before, now: 0);
        Assert.Equal((3, 9, false), (before.Clusters["a"].Destinations[0].Weight, next.Clusters["a"].Destinations[0].Weight, destination.Enabled));
        Assert.Same(destination, next.Clusters["a"].Destinations[0].State);
    }

    [Fact]
    public void A_rate_that_a_routes_connections_share_is_the_same_one_after_a_reload_that_leaves_it_alone()
    {
        ProxySnapshot Build(ProxySnapshot previous, long rate, int weight) => _builder.Build(Sample.Graph(new()
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "a", Throttle = new() { DownloadBytesPerSecond = rate, Per = L4ThrottleScope.Route } })),
            Clusters = Map(("a", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "10.0.0.1:80", Weight = weight })) })),
        }), previous);
        ByteRate RateOf(ProxySnapshot snapshot) => snapshot.RouteThrottles["all"].RateOf(up: false)!;

        var first = Build(ProxySnapshot.Empty, rate: 1000, weight: 1);
        var second = Build(first, rate: 1000, weight: 2);
        Assert.Same(RateOf(first), RateOf(second));
        Assert.NotSame(RateOf(second), RateOf(Build(second, rate: 2000, weight: 2)));
    }

    [Fact]
    public void Who_asks_in_the_same_way_shares_what_is_known_and_keeps_it_over_a_reload()
    {
        L4Cluster Cluster(L4Dns? dns) => new() { Dns = dns, Destinations = Map(("d", new L4Destination { Address = "db.internal:80" })) };
        ProxySnapshot Build(ProxySnapshot previous, TimeSpan? timeout = null) => _builder.Build(Sample.Graph(new L4Config
        {
            Dns = new L4Dns { Servers = ["10.0.0.53", "10.0.0.54:53"], Timeout = timeout },
            Clusters = Map(
                ("section", Cluster(null)), ("same", Cluster(new L4Dns { Servers = ["10.0.0.53:53", "10.0.0.54"] })), ("empty", Cluster(new L4Dns())),
                ("other", Cluster(new L4Dns { Servers = ["10.0.0.54", "10.0.0.53"] })), ("system", Cluster(new L4Dns { Servers = [] })),
                ("faster", Cluster(new L4Dns { RefreshInterval = TimeSpan.FromSeconds(5) }))),
        }), previous);

        var first = Build(ProxySnapshot.Empty).Clusters;
        Assert.Same(first["section"].Resolver, first["same"].Resolver);
        Assert.Same(first["section"].Resolver, first["empty"].Resolver);
        Assert.Equal(4, first.Values.Select(cluster => cluster.Resolver).Distinct().Count());

        var before = Build(ProxySnapshot.Empty);
        var after = Build(before);
        Assert.All(before.Clusters.Values, cluster => Assert.Same(cluster.Resolver, after.Clusters[cluster.Id].Resolver));
        var changed = Build(after, timeout: TimeSpan.FromSeconds(9));
        Assert.All(after.Clusters.Values, cluster => Assert.NotSame(cluster.Resolver, changed.Clusters[cluster.Id].Resolver));
    }

    [Fact]
    public void A_removed_destination_is_remembered_only_while_it_is_connected_to()
    {
        var before = _builder.Build(With(weight: 1, enabled: true), ProxySnapshot.Empty);
        before.Activate(ProxySnapshot.Empty, now: 0);
        var destination = before.Clusters["a"].Destinations[0].State;
        destination.TryBegin();
        var without = _builder.Build(ConfigGraph.Empty, before);
        without.Activate(before, now: 0);
        Assert.False(destination.Enabled);
        Assert.Same(destination, Assert.Single(without.Leaving).Destination.State);
        var back = _builder.Build(With(weight: 1, enabled: true), without).Clusters["a"];
        Assert.Same(destination, back.Destinations[0].State);
        Assert.Same(before.Clusters["a"].State, back.State);
        destination.Ended();
        Assert.Empty(_builder.Build(ConfigGraph.Empty, without).Leaving);
    }
}
