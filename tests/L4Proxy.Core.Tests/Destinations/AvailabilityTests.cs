using L4Proxy.Destinations;

namespace L4Proxy.Core.Tests.Destinations;

/// <summary>Who may be picked: backups, full ones, and those that start slowly.</summary>
public class AvailabilityTests
{
    private readonly ClusterState _cluster = new("cluster");

    [Fact]
    public void A_backup_comes_where_all_others_refuse_and_goes_when_one_is_back()
    {
        var picker = Picker(Of("a"), Of("b"), Of("c", isBackup: true));
        var (a, b) = (picker.Destinations[0].State, picker.Destinations[1].State);

        Assert.Equal("a", picker.Next(now: 0));
        a.Refused(now: 0);
        Assert.Equal("b", picker.Next(now: 0));
        b.Refused(now: 0);
        Assert.Equal("c", picker.Next(now: 0));
        picker.Destinations[2].State.Refused(now: 500);
        // All of them: better one that refused than none.
        Assert.Equal("a", picker.Next(now: 600));
        Assert.Equal("a", picker.Next(now: 1_000));
    }

    [Fact]
    public void Who_was_refused_is_sent_to_the_backup_last()
    {
        var picker = Picker(Of("a"), Of("b"), Of("c", isBackup: true));
        Assert.Equal("a b c -", picker.Rest(now: 0));
        picker.Destinations[1].State.Refused(now: 0);
        Assert.Equal("a c b -", picker.Rest(now: 0));
    }

    [Fact]
    public void One_that_is_full_is_not_picked_until_one_of_its_own_ends()
    {
        var picker = Picker(Of("a", max: 2), Of("b"));
        var a = picker.Destinations[0].State;

        Assert.Equal("a", picker.Next(now: 0));
        Assert.True(a.TryBegin());
        Assert.Equal("a", picker.Next(now: 0));
        Assert.True(a.TryBegin());
        Assert.True(picker.Picker.HasFull);
        Assert.Equal("b", picker.Next(now: 0));
        Assert.False(a.TryBegin());
        Assert.Equal("b -", picker.Rest(now: 0));
        a.Ended();
        Assert.Equal((1, "a"), (a.Active, picker.Next(now: 0)));
        Assert.False(picker.Picker.HasFull);
    }

    [Fact]
    public void Where_all_are_full_the_backup_comes_and_then_none()
    {
        var picker = Picker(Of("a", max: 1), Of("b", max: 1, isBackup: true));
        Assert.True(picker.Destinations[0].State.TryBegin());
        Assert.Equal("b", picker.Next(now: 0));
        Assert.True(picker.Destinations[1].State.TryBegin());
        Assert.Null(picker.Next(now: 0));
    }

    [Fact]
    public void Many_at_once_are_never_more_than_there_may_be()
    {
        var picker = Picker(Of("a", max: 7));
        var state = picker.Destinations[0].State;
        Parallel.For(0, 20_000, _ =>
        {
            if (!state.TryBegin())
                return;
            Assert.InRange(state.Active, 1, 7 + Environment.ProcessorCount * 4);
            state.Ended();
        });
        Assert.Equal((0, "a"), (state.Active, picker.Next(now: 0)));
        Assert.Equal(7, Enumerable.Range(0, 20).Count(_ => state.TryBegin()));
        Assert.Null(picker.Next(now: 0));
    }

    [Fact]
    public void One_that_joins_gets_more_with_time()
    {
        var picker = Picker(slowStart: 10_000, "RoundRobin", Of("a"), Of("b"));
        picker.Destinations[1].State.Since = 100_000;

        Assert.Equal(0.01, picker.ShareOf("b", now: 100_000), 0.01);
        Assert.Equal(0.5 / 1.5, picker.ShareOf("b", now: 105_000), 0.01);
        Assert.Equal(0.5, picker.ShareOf("b", now: 110_000), 0.01);
    }

    [Fact]
    public void One_that_refused_begins_anew_when_it_may_be_picked_again()
    {
        var picker = Picker(slowStart: 10_000, "RoundRobin", Of("a"), Of("b"));
        picker.Destinations[1].State.Refused(now: 100_000);

        Assert.Equal(0, picker.ShareOf("b", now: 100_900));
        Assert.Equal(0.01, picker.ShareOf("b", now: 101_000), 0.01);
        picker.Destinations[1].State.Answered();
        Assert.Equal(0.5 / 1.5, picker.ShareOf("b", now: 106_000), 0.01);
        Assert.Equal(0.5, picker.ShareOf("b", now: 111_000), 0.01);
    }

    private DestinationModel Of(string id, int max = int.MaxValue, bool isBackup = false) => new()
    {
        Id = id,
        Index = id[0] - 'a',
        Address = TestDestination.Address("127.0.0.1:80"),
        Weight = 1,
        Enabled = true,
        MaxConnections = max,
        IsBackup = isBackup,
        State = new(_cluster) { MaxConnections = max },
    };

    private TestPicker Picker(params DestinationModel[] destinations) => Picker(0, "First", destinations);

    private TestPicker Picker(long slowStart, string policy, params DestinationModel[] destinations) =>
        new(destinations, new(destinations, _cluster, TestPolicies.With().Create(policy, new(_cluster, new(), destinations))!, slowStart));

    private sealed record TestPicker(DestinationModel[] Destinations, DestinationPicker Picker)
    {
        public string? Next(long now) => Pick(default, now)?.Id;

        public string Rest(long now)
        {
            var (tried, ids) = (default(TriedDestinations), new List<string>());
            while (Pick(tried, now) is { } picked)
            {
                ids.Add(picked.Id);
                tried.Add(picked.Index);
            }
            return string.Join(' ', [.. ids, "-"]);
        }

        private DestinationModel? Pick(TriedDestinations tried, long now)
        {
            var picking = Picker.NextAsync(tried, session: null!, now);
            return picking.IsCompletedSuccessfully ? picking.Result : throw new InvalidOperationException("It waits.");
        }

        public double ShareOf(string id, long now) => Enumerable.Range(0, 1_000).Count(_ => Next(now) == id) / 1_000.0;
    }
}
