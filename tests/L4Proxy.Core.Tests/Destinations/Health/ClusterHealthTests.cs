using System.Collections.Concurrent;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class ClusterHealthTests
{
    private readonly ClusterState _cluster = new("cluster");

    private DestinationState[] Members(int count, L4PassiveHealthCheck? passive = null)
    {
        var members = Enumerable.Range(0, count).Select(i => new DestinationState(_cluster, $"d{i}") { Enabled = true }).ToArray();
        _cluster.Health.Configure(HealthPolicy.From(new() { Passive = passive }), members);
        return members;
    }

    private static void FailOften(DestinationState destination, L4EndReason failure = L4EndReason.ConnectRefused)
    {
        for (var i = 0; i < 3; i++)
        {
            destination.TryBegin();
            destination.Failed(failure, now: 0);
        }
    }

    private static int CountEjected(DestinationState[] members) => members.Count(member => member.Ejection.Holds(1));

    [Theory]
    [InlineData(1, 50, 0)]
    [InlineData(2, 50, 1)]
    [InlineData(3, 50, 1)]
    [InlineData(4, 50, 2)]
    [InlineData(5, 100, 5)]
    [InlineData(5, 0, 0)]
    [InlineData(10, 29, 2)]
    public void Not_more_than_a_share_of_them_is_ejected(int count, int percent, int ejected)
    {
        var members = Members(count, new() { MaxEjectionPercent = percent });
        foreach (var member in members)
            FailOften(member);
        Assert.Equal(ejected, CountEjected(members));
        Assert.All(members, member => Assert.Equal(0, member.Active));
    }

    [Theory]
    [InlineData(L4EndReason.ConnectRefused, true)]
    [InlineData(L4EndReason.ConnectUnreachable, true)]
    [InlineData(L4EndReason.ConnectTimeout, true)]
    [InlineData(L4EndReason.UpstreamRefused, true)]
    [InlineData(L4EndReason.UpstreamTlsFailed, true)]
    [InlineData(L4EndReason.UpstreamTlsTimeout, true)]
    [InlineData(L4EndReason.StartTlsRefused, true)]
    [InlineData(L4EndReason.ResolveFailed, true)]
    [InlineData(L4EndReason.ConnectFailed, false)]
    [InlineData(L4EndReason.DestinationNameRefused, false)]
    [InlineData(L4EndReason.None, false)]
    public void What_is_the_destinations_fault_counts(L4EndReason failure, bool counts)
    {
        var members = Members(2);
        FailOften(members[0], failure);
        Assert.Equal(counts ? 1 : 0, CountEjected(members));
        Assert.Equal(counts ? failure : L4EndReason.None, members[0].LastFailure);
    }

    [Fact]
    public void Nothing_is_ejected_where_that_is_off()
    {
        var members = Members(2, new() { Enabled = false });
        FailOften(members[0]);
        for (var i = 0; i < 10; i++)
            members[1].WasReset(now: 0);
        Assert.Equal(0, CountEjected(members));
    }

    [Fact]
    public void What_has_left_the_cluster_is_not_ejected_and_takes_no_place()
    {
        var members = Members(2);
        members[0].Enabled = false;
        FailOften(members[0]);
        FailOften(members[1]);
        Assert.Equal([false, true], members.Select(member => member.Ejection.Holds(1)));
    }

    [Fact]
    public void An_answer_to_what_was_dialled_since_ends_it_and_an_older_one_does_not()
    {
        var member = Members(2)[0];
        FailOften(member);
        member.Answered(begunAt: 0);
        Assert.True(member.Ejection.Holds(1));
        Assert.True(member.Refusals.Until > 0);
        member.Answered(begunAt: 1);
        Assert.False(member.Ejection.Holds(1));
        Assert.Equal(Refusals.None, member.Refusals.Until);
        Assert.Equal(L4EndReason.None, member.LastFailure);
    }

    [Fact]
    public void Who_resets_what_it_accepts_is_ejected_where_the_others_do_not()
    {
        var members = Members(3);
        members[0].WasReset(now: 0);
        members[0].WasReset(now: 0);
        members[0].EarlyResets.Forget();
        members[0].WasReset(now: 0);
        members[0].WasReset(now: 0);
        Assert.Equal(0, CountEjected(members));
        members[0].WasReset(now: 0);
        Assert.Equal([true, false, false], members.Select(member => member.Ejection.Holds(1)));
    }

    [Fact]
    public async Task Whom_it_resets_a_client_chooses_and_so_nobody_else_is_cut()
    {
        var cut = new BlockingCollection<DestinationState>();
        var news = new HealthNews(NullLogger<HealthNews>.Instance) { Cutting = cut.Add };
        var cluster = new ClusterState("cluster", news);
        var members = Enumerable.Range(0, 4).Select(i => new DestinationState(cluster, $"d{i}") { Enabled = true }).ToArray();
        cluster.Health.Configure(HealthPolicy.From(new() { OnMarkedDown = L4OnMarkedDown.Cut }), members);
        for (var i = 0; i < 3; i++)
            members[0].WasReset(now: 0);
        FailOften(members[1]);
        Assert.Equal([true, true, false, false], members.Select(member => member.Ejection.Holds(1)));
        Assert.Equal(members[1], await Task.Run(cut.Take).InTime());
        Assert.Equal([1, 1], members[..2].Select(member => member.Downs));
        Assert.Empty(cut);
    }

    [Fact]
    public void What_began_in_the_tick_of_the_ejection_does_not_end_it()
    {
        var member = Members(3)[0];
        // Ten are accepted and reset within one tick of the clock.
        for (var i = 0; i < 10; i++)
        {
            member.Answered(begunAt: 1_000);
            member.WasReset(now: 1_000);
        }
        Assert.Equal((31_000, 1), (member.Ejection.Until, member.Downs));
    }

    [Fact]
    public void A_client_that_each_of_them_resets_has_none_of_them_ejected()
    {
        var members = Members(3);
        for (var i = 0; i < 30; i++)
            members[i % 3].WasReset(now: 0);
        Assert.Equal(0, CountEjected(members));
        // What they did is long ago.
        members[1].WasReset(now: 60_000);
        members[1].WasReset(now: 60_000);
        members[1].WasReset(now: 60_000);
        Assert.True(members[1].Ejection.Holds(60_001));
    }

    [Fact]
    public void After_an_outage_of_all_the_first_that_answers_has_the_others_tried()
    {
        var members = Members(3);
        FailOften(members[0]);
        members[1].Refused(now: 0);
        members[2].Refused(now: 0);
        members[1].Answered(begunAt: 500);
        Assert.Equal([500, Refusals.None, 500], members.Select(member => member.Refusals.Until));
        Assert.Equal([false, false, false], members.Select(member => member.Ejection.Holds(500)));
        // One of them was away for another reason: a failure is enough.
        members[0].Refused(now: 600);
        Assert.True(members[0].Ejection.Holds(601));
    }

    [Fact]
    public void Where_another_works_all_the_while_nobody_is_tried_early()
    {
        var members = Members(3);
        FailOften(members[0]);
        members[1].Refused(now: 0);
        members[1].Answered(begunAt: 500);
        Assert.True(members[0].Ejection.Holds(501));
    }
}
