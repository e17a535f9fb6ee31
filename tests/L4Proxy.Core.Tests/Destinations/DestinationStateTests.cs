using L4Proxy.Destinations;

namespace L4Proxy.Core.Tests.Destinations;

public class DestinationStateTests
{
    private readonly ClusterState _cluster = new("cluster");
    private readonly DestinationState _destination;

    public DestinationStateTests() => _destination = new(_cluster);

    [Fact]
    public void Counts_what_has_begun_until_it_has_failed_or_ended()
    {
        _destination.TryBegin();
        _destination.TryBegin();
        _destination.TryBegin();
        Assert.Equal(3, _destination.Active);
        _destination.Failed(L4EndReason.ConnectRefused, now: 0);
        _destination.Ended();
        Assert.Equal(1, _destination.Active);
    }

    [Theory]
    [InlineData(L4EndReason.ConnectRefused, true)]
    [InlineData(L4EndReason.ConnectUnreachable, true)]
    [InlineData(L4EndReason.ConnectTimeout, true)]
    [InlineData(L4EndReason.UpstreamRefused, true)]
    [InlineData(L4EndReason.ConnectFailed, false)]
    [InlineData(L4EndReason.UpstreamTlsFailed, false)]
    [InlineData(L4EndReason.None, false)]
    public void Is_avoided_after_a_dial_that_found_nobody(L4EndReason failure, bool isAvoided)
    {
        _destination.TryBegin();
        _destination.Failed(failure, now: 0);
        Assert.Equal(isAvoided, _destination.Refusals.Until > 0);
        Assert.Equal(isAvoided ? 1 : 0, _cluster.Changes);
    }

    [Fact]
    public void Its_cluster_hears_of_changes_and_of_nothing_else()
    {
        _destination.Answered();
        Assert.Equal(0, _cluster.Changes);
        _destination.Refused(now: 0);
        _destination.Refused(now: 999);
        Assert.Equal(1, _cluster.Changes);
        _destination.Refused(now: 1_000);
        Assert.Equal(2, _cluster.Changes);
        _destination.Answered();
        _destination.Answered();
        Assert.Equal(3, _cluster.Changes);
    }

    [Fact]
    public void And_of_being_full_once_whoever_asks_meanwhile()
    {
        _destination.MaxConnections = 2;
        var before = _cluster.Changes;
        Assert.True(_destination.TryBegin());
        Assert.Equal(before, _cluster.Changes);
        Assert.True(_destination.TryBegin());
        Assert.Equal(before + 1, _cluster.Changes);
        for (var i = 0; i < 10; i++)
            Assert.False(_destination.TryBegin());
        Assert.Equal(before + 1, _cluster.Changes);
        _destination.Ended();
        Assert.Equal(before + 2, _cluster.Changes);
    }
}
