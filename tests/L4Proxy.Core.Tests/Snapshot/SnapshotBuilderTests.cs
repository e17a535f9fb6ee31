using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Snapshot;
using L4Proxy.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>What building a configuration may not touch before it is in force.</summary>
public sealed class SnapshotBuilderTests : IDisposable
{
    private readonly CertificateStore _certificates = new("/", TimeProvider.System, NullLogger<CertificateStore>.Instance);
    private readonly SnapshotBuilder _builder;

    public SnapshotBuilderTests() => _builder = new SnapshotBuilder(
        SystemAddressLookup.LookUpAsync, new TlsBuilder(_certificates), TestPolicies.With(), TimeProvider.System);

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
