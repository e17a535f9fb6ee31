using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class ProbedHealthTests
{
    private static readonly DateTimeOffset s_at = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan s_took = TimeSpan.FromMilliseconds(7);
    private static readonly ProbeOutcome s_failure = ProbeOutcome.Failure("refused");

    private readonly ClusterState _cluster = new("cluster");
    private readonly ProbedHealth _health;

    public ProbedHealthTests() => _health = new(_cluster);

    [Fact]
    public void It_works_until_something_is_known()
    {
        Assert.True(_health.TakesNew);
        Assert.Equal((100, null, null, null), (_health.WeightPercent, _health.MaxConnections, _health.Reason, _health.Last));
    }

    [Fact]
    public void Every_sequence_of_answers_is_counted_as_the_check_says()
    {
        for (var (rise, fall) = (1, 1); fall <= 3; (rise, fall) = rise < 3 ? (rise + 1, fall) : (1, fall + 1))
        {
            for (var answers = 0; answers < 1 << 11; answers++)
                AssertCounted(rise, fall, answers);
        }
    }

    [Fact]
    public void What_was_said_is_kept_for_people()
    {
        var series = _health.Begin(rise: 1, fall: 1);
        Note(series, s_failure);
        Assert.Equal(("refused", new LastProbe(s_at, s_took, "refused"), 0, 1), (_health.Reason, _health.Last, _health.Successes, _health.Failures));
        Note(series, ProbeOutcome.Success);
        Assert.Equal((null, new LastProbe(s_at, s_took, null), 1, 1), (_health.Reason, _health.Last, _health.Successes, _health.Failures));
    }

    [Fact]
    public void Only_what_changes_who_may_be_picked_is_told_to_the_cluster()
    {
        var series = _health.Begin(rise: 1, fall: 2);
        Note(series, ProbeOutcome.Success);
        Note(series, s_failure);
        Assert.Equal(0, _cluster.Changes);
        Note(series, s_failure);
        Assert.Equal(1, _cluster.Changes);
        Note(series, ProbeOutcome.Failure("timed out"));
        Assert.Equal((1, "timed out"), (_cluster.Changes, _health.Last!.Failure));
        Note(series, ProbeOutcome.Success);
        Assert.Equal(2, _cluster.Changes);
    }

    [Fact]
    public void What_is_unknown_neither_counts_nor_interrupts()
    {
        var series = _health.Begin(rise: 1, fall: 2);
        Note(series, ProbeOutcome.Unknown("no descriptor"));
        Assert.True(_health.TakesNew);
        Note(series, ProbeOutcome.Success);
        Note(series, s_failure);
        Note(series, ProbeOutcome.Unknown("no descriptor"));
        Assert.Equal(new ProbedChange(ProbedStatus.Up, ProbedStatus.Down), Note(series, s_failure));
    }

    [Fact]
    public void Another_check_keeps_what_is_known_until_its_first_answer()
    {
        var series = _health.Begin(rise: 1, fall: 1);
        Note(series, s_failure);
        var next = _health.Begin(rise: 3, fall: 3);
        Assert.False(_health.TakesNew);
        Note(series, ProbeOutcome.Success);
        Assert.False(_health.TakesNew);
        Assert.Equal(new ProbedChange(ProbedStatus.Down, ProbedStatus.Up), Note(next, ProbeOutcome.Success));
    }

    [Fact]
    public void After_its_end_a_check_says_nothing_and_what_is_known_stays()
    {
        var series = _health.Begin(rise: 1, fall: 1);
        Note(series, s_failure);
        _health.End();
        Assert.Equal(default, Note(series, ProbeOutcome.Success));
        Assert.Equal(ProbedStatus.Down, _health.Status);
        Assert.Equal(new ProbedChange(ProbedStatus.Down, ProbedStatus.Up), _health.Forget());
        Assert.Equal(default, _health.Forget());
        Assert.Equal(default, Note(series, s_failure));
        Assert.True(_health.TakesNew);
    }

    [Theory]
    [InlineData("up", nameof(ProbedStatus.Up))]
    [InlineData("down", nameof(ProbedStatus.Down))]
    [InlineData("drain", nameof(ProbedStatus.Draining))]
    [InlineData("maint", nameof(ProbedStatus.Maintenance))]
    [InlineData("drain down", nameof(ProbedStatus.Down))]
    [InlineData("maint down", nameof(ProbedStatus.Maintenance))]
    [InlineData("0%", nameof(ProbedStatus.Draining))]
    [InlineData("stopped ready", nameof(ProbedStatus.Down))]
    [InlineData("", nameof(ProbedStatus.Up))]
    public void An_agents_word_holds_at_once(string words, string status)
    {
        var series = _health.Begin(rise: 5, fall: 5);
        Say(series, "up");
        Say(series, words);
        Assert.Equal(status, _health.Status.ToString());
        Assert.Equal(status == nameof(ProbedStatus.Up), _health.TakesNew);
        Assert.Equal(status == nameof(ProbedStatus.Up), _health.Reason is null);
    }

    [Fact]
    public void What_an_agent_does_not_mention_stays_but_for_its_cap()
    {
        var series = _health.Begin(rise: 1, fall: 1);
        Say(series, "drain 30% maxconn:5");
        Assert.Equal((ProbedStatus.Draining, 30, 5), (_health.Status, _health.WeightPercent, _health.MaxConnections));
        Say(series, "down#disk");
        Assert.Equal((ProbedStatus.Down, 30, null), (_health.Status, _health.WeightPercent, _health.MaxConnections));
        Assert.Equal("its agent says 'down': disk", _health.Reason);
        Say(series, "up");
        Assert.Equal(ProbedStatus.Draining, _health.Status);
        Say(series, "ready");
        Assert.Equal((ProbedStatus.Up, 30, null), (_health.Status, _health.WeightPercent, _health.Reason));
    }

    [Fact]
    public void An_agent_is_not_held_to_what_probes_said_nor_they_to_what_it_said()
    {
        var series = _health.Begin(rise: 1, fall: 1);
        Note(series, s_failure);
        series = _health.Begin(rise: 1, fall: 1);
        Say(series, "50%");
        Assert.Equal((ProbedStatus.Up, 50), (_health.Status, _health.WeightPercent));
        Say(series, "drain");
        series = _health.Begin(rise: 1, fall: 1);
        Note(series, ProbeOutcome.Success);
        Assert.Equal((ProbedStatus.Up, 100), (_health.Status, _health.WeightPercent));
    }

    [Fact]
    public void Answers_of_many_threads_are_all_counted()
    {
        var series = _health.Begin(rise: 1, fall: 1);
        Parallel.For(0, 10_000, i => Note(series, i % 2 == 0 ? ProbeOutcome.Success : s_failure));
        Assert.Equal((5_000, 5_000), (_health.Successes, _health.Failures));
    }

    /// <summary>Answers are bits, the first the lowest. The same said once more, simply: the last run decides.</summary>
    private static void AssertCounted(int rise, int fall, int answers)
    {
        var health = new ProbedHealth(new ClusterState("cluster"));
        var series = health.Begin(rise, fall);
        var (isUp, run, last) = (true, 0, (bool?)null);
        for (var i = 0; i < 11; i++)
        {
            var isSuccess = (answers >> i & 1) == 1;
            run = isSuccess == last ? run + 1 : 1;
            last = isSuccess;
            if (i == 0 || run >= (isSuccess ? rise : fall))
                isUp = isSuccess;
            var before = health.Status;
            var change = health.Note(series, isSuccess ? ProbeOutcome.Success : s_failure, s_at, s_took);
            if (health.TakesNew != isUp || (change.From, change.To) != (before == health.Status ? (change.From, change.From) : (before, health.Status)))
                Assert.Fail($"rise {rise}, fall {fall}, answers {answers:b}, after {i + 1}");
        }
    }

    private ProbedChange Note(int series, ProbeOutcome outcome) => _health.Note(series, outcome, s_at, s_took);

    private void Say(int series, string words) =>
        Note(series, ProbeOutcome.Success with { Agent = AgentAnswer.Read(System.Text.Encoding.ASCII.GetBytes(words)) });
}
