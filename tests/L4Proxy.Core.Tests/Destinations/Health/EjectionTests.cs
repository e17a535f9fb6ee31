using L4Proxy.Destinations.Health;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class EjectionTests
{
    private static readonly HealthPolicy s_policy = Policy(maxFails: 3, window: 10, ejectionTime: 30);

    private readonly Ejection _ejection = new();

    private static HealthPolicy Policy(int maxFails, int window, int ejectionTime) => HealthPolicy.From(new()
    {
        Passive = new() { MaxFails = maxFails, Window = TimeSpan.FromSeconds(window), EjectionTime = TimeSpan.FromSeconds(ejectionTime) },
    });

    [Theory]
    [InlineData(true, 0, 0, 0)]
    [InlineData(true, 0, 9_999, 10_000)]
    [InlineData(false, 0, 9_999, 10_001)]
    [InlineData(false, 0, 5_000)]
    [InlineData(true, 0, 9_999, 10_001, 10_002)]
    [InlineData(false, 0, 6_000, 12_000, 18_000, 24_000)]
    public void So_many_failures_within_the_window_are_too_many(bool areTooMany, params int[] times)
    {
        foreach (var time in times[..^1])
            Assert.False(_ejection.NoteFailure(s_policy, time));
        Assert.Equal(areTooMany, _ejection.NoteFailure(s_policy, times[^1]));
    }

    [Fact]
    public void One_is_enough_where_that_is_configured() => Assert.True(_ejection.NoteFailure(Policy(maxFails: 1, window: 1, ejectionTime: 1), now: 5));

    [Fact]
    public void Fails_counted_under_one_configuration_do_not_count_under_another()
    {
        _ejection.NoteFailure(s_policy, 0);
        _ejection.NoteFailure(s_policy, 0);
        Assert.False(_ejection.NoteFailure(Policy(maxFails: 2, window: 10, ejectionTime: 30), 0));
    }

    [Fact]
    public void It_holds_until_its_time_is_over()
    {
        Assert.Equal(130_000, _ejection.Begin(s_policy, 100_000));
        Assert.True(_ejection.Holds(129_999));
        Assert.False(_ejection.Holds(130_000));
    }

    [Fact]
    public void Failures_of_what_was_under_way_change_nothing()
    {
        _ejection.Begin(s_policy, 0);
        for (var i = 0; i < 10; i++)
            Assert.False(_ejection.NoteFailure(s_policy, 10));
        Assert.Equal(30_000, _ejection.Until);
    }

    [Fact]
    public void Who_fails_again_before_it_has_answered_is_ejected_at_once_and_for_longer()
    {
        Assert.Equal(30_000, _ejection.Begin(s_policy, 0));
        Assert.True(_ejection.NoteFailure(s_policy, 30_000));
        Assert.Equal(30_000 + 60_000, _ejection.Begin(s_policy, 30_000));
        Assert.True(_ejection.NoteFailure(s_policy, 90_000));
        Assert.Equal(90_000 + 90_000, _ejection.Begin(s_policy, 90_000));
    }

    [Fact]
    public void But_never_for_more_than_ten_times_as_long()
    {
        var now = 0L;
        for (var i = 0; i < 20; i++)
            now = _ejection.Begin(s_policy, now);
        Assert.Equal(now + 300_000, _ejection.Begin(s_policy, now));
    }

    [Fact]
    public void Time_without_another_is_forgiven()
    {
        _ejection.Begin(s_policy, 0);
        _ejection.Begin(s_policy, 30_000);
        _ejection.TryEnd(begunAt: 90_000);
        // Two times that it was well: nothing is left of the two.
        Assert.Equal(150_000 + 30_000, _ejection.Begin(s_policy, 150_000));
        _ejection.TryEnd(begunAt: 180_000);
        Assert.Equal(180_000 + 60_000, _ejection.Begin(s_policy, 180_000));
    }

    [Fact]
    public void An_answer_to_what_began_before_does_not_end_it()
    {
        Assert.True(_ejection.TryEnd(begunAt: 0));
        _ejection.Begin(s_policy, 100);
        Assert.False(_ejection.TryEnd(begunAt: 100));
        Assert.True(_ejection.Holds(200));
        Assert.True(_ejection.TryEnd(begunAt: 200));
        Assert.False(_ejection.Holds(200));
        Assert.False(_ejection.NoteFailure(s_policy, 200));
    }

    [Fact]
    public void Answers_that_come_at_once_end_it_once_and_the_next_is_no_longer_for_it()
    {
        using var both = new Barrier(2);
        var (ejection, longest, atLine) = (_ejection, 0L, 0);
        void Run(bool isFirst)
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (isFirst)
                {
                    ejection = new();
                    ejection.Begin(s_policy, 100_000);
                }
                both.SignalAndWait();
                // Closer together than a barrier lets them go.
                for (Interlocked.Increment(ref atLine); Volatile.Read(ref atLine) < 2 * (i + 1);)
                    Thread.SpinWait(1);
                ejection.TryEnd(begunAt: 200_000);
                both.SignalAndWait();
                if (isFirst)
                    longest = Math.Max(longest, ejection.Begin(s_policy, 300_000));
            }
        }
        Parallel.Invoke(() => Run(isFirst: true), () => Run(isFirst: false));
        Assert.Equal(330_000, longest);
    }
}
