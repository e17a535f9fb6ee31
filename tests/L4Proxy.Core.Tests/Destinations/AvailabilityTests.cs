using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.Health.Probing;

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

    [Fact]
    public void One_that_is_down_is_never_picked_not_even_where_there_is_no_other()
    {
        var picker = Picker(Of("a"), Of("b"), Of("c", isBackup: true));
        Assert.Equal("a", picker.Next(now: 0));
        Probe(picker.Destinations[0], ProbeOutcome.Failure("refused"));
        Assert.Equal(("b", "b c -"), (picker.Next(now: 0), picker.Rest(now: 0)));
        Probe(picker.Destinations[1], ProbeOutcome.Failure("refused"));
        Assert.Equal("c", picker.Next(now: 0));
        Probe(picker.Destinations[2], ProbeOutcome.Failure("refused"));
        Assert.Equal((null, "-"), (picker.Next(now: 0), picker.Rest(now: 0)));
        Probe(picker.Destinations[0], ProbeOutcome.Success);
        Assert.Equal("a", picker.Next(now: 0));
    }

    [Fact]
    public void One_whose_ejection_is_over_is_looked_at_again_though_it_refused_for_longer()
    {
        var picker = Picker(Of("a"), Of("b"));
        var states = Array.ConvertAll(picker.Destinations, destination => destination.State);
        Array.ForEach(states, state => state.Enabled = true);
        _cluster.Health.Configure(
            HealthPolicy.From(new() { Passive = new() { MaxFails = 1000, EjectionTime = TimeSpan.FromSeconds(1) } }), states);
        foreach (var time in new[] { 0, 1_000, 3_000, 7_000, 15_000 })
            Array.ForEach(states, state => state.Refused(time));
        _cluster.Health.Eject(states[0], L4EndReason.ConnectRefused, now: 15_000);
        Assert.Equal("b", picker.Next(now: 15_900));
        Assert.Equal("a", picker.Next(now: 16_000));
    }

    [Fact]
    public void What_its_agent_says_is_part_of_its_weight_and_of_its_cap()
    {
        var picker = Picker(slowStart: 10_000, "RoundRobin", Of("a"), Of("b"));
        var (a, b) = (picker.Destinations[0], picker.Destinations[1]);
        Probe(b, Said("50%"));
        Assert.Equal(0.5 / 1.5, picker.ShareOf("b", now: 0), 0.01);
        b.State.Since = 0;
        Assert.Equal(0.25 / 1.25, picker.ShareOf("b", now: 5_000), 0.01);
        Probe(b, Said("200%"));
        Assert.Equal(2.0 / 3, picker.ShareOf("b", now: 10_000), 0.01);
        Probe(b, Said("0%"));
        Assert.Equal(0, picker.ShareOf("b", now: 10_000));

        Probe(a, Said("maxconn:1"));
        Assert.True(a.State.TryBegin());
        Assert.True(picker.Picker.HasFull);
        Assert.False(a.State.TryBegin());
        Assert.Null(picker.Next(now: 10_000));
        Probe(a, Said("up"));
        Assert.Equal("a", picker.Next(now: 10_000));
        Assert.True(a.State.TryBegin());
    }

    [Fact]
    public void What_is_back_is_no_longer_avoided_and_what_goes_is_marked_down_once()
    {
        var state = new DestinationState(_cluster);
        state.Refused(now: 0);
        state.Follow(new(ProbedStatus.Up, ProbedStatus.Down), now: 1);
        state.Follow(new(ProbedStatus.Down, ProbedStatus.Maintenance), now: 2);
        Assert.Equal((1, true), (state.Downs, state.Refusals.Until > 0));
        state.Follow(new(ProbedStatus.Maintenance, ProbedStatus.Draining), now: 3);
        Assert.Equal((3, true), (state.Since, state.Refusals.Until > 0));
        state.Follow(new(ProbedStatus.Draining, ProbedStatus.Up), now: 4);
        Assert.Equal((3, Refusals.None), (state.Since, state.Refusals.Until));
        state.Follow(default, now: 5);
        Assert.Equal((3, 1), (state.Since, state.Downs));
    }

    private static ProbeOutcome Said(string words) => ProbeOutcome.Success with { Agent = AgentAnswer.Read(System.Text.Encoding.ASCII.GetBytes(words)) };

    private static void Probe(DestinationModel destination, ProbeOutcome outcome) =>
        destination.State.Probed.Note(destination.State.Probed.Begin(rise: 1, fall: 1), outcome, default, default);

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
