using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Timing;

public class CoarseClockTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(TimerWheel.TickMilliseconds);

    private readonly ManualTimeProvider _time = new();
    private readonly List<Exception> _errors = [];

    [Fact]
    public void Now_moves_in_ticks()
    {
        using var clock = new CoarseClock(_time, _errors.Add);
        Assert.Equal(0, clock.Now);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, clock.Now);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(100, clock.Now);
        _time.Advance(TimeSpan.FromMilliseconds(1_250));
        Assert.Equal(1_300, clock.Now);
    }

    [Fact]
    public void A_delay_is_never_cut_short_and_at_most_two_ticks_longer()
    {
        using var clock = new CoarseClock(_time, _errors.Add);
        var random = new Random(11);
        var fired = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var delay = TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerSecond * 20));
            var start = _time.Elapsed;
            clock.Schedule(
                new RecordingDeadline((_, _) =>
                {
                    fired++;
                    Assert.InRange(_time.Elapsed - start, delay, delay + (2 * Tick));
                }),
                delay);
            _time.Advance(TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerMillisecond * 150)));
        }

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(_errors);
        Assert.Equal(2_000, fired);
    }

    [Fact]
    public void Infinite_is_never()
    {
        using var clock = new CoarseClock(_time, _errors.Add);
        var never = new RecordingDeadline();
        var longest = new RecordingDeadline();
        clock.Schedule(never, Timeout.InfiniteTimeSpan);
        clock.Schedule(longest, TimeSpan.MaxValue);
        _time.Jump(TimeSpan.FromDays(10_000));
        Assert.Empty(never.Fired);
        Assert.Empty(longest.Fired);
        Assert.True(clock.Cancel(never));
        Assert.True(clock.Cancel(longest));
    }

    [Fact]
    public void A_clock_that_was_stopped_catches_up_at_once()
    {
        using var clock = new CoarseClock(_time, _errors.Add);
        var deadlines = Enumerable.Range(1, 600).Select(_ => new RecordingDeadline()).ToArray();
        for (var i = 0; i < deadlines.Length; i++)
            clock.Schedule(deadlines[i], TimeSpan.FromMinutes(i));
        _time.Jump(TimeSpan.FromHours(11));
        Assert.Equal((long)TimeSpan.FromHours(11).TotalMilliseconds, clock.Now);
        Assert.All(deadlines, deadline => Assert.Equal([clock.Now], deadline.Fired));
    }

    [Fact]
    public void A_slow_deadline_holds_up_neither_the_time_nor_the_next_deadlines_for_good()
    {
        using var clock = new CoarseClock(_time, _errors.Add);
        var next = new RecordingDeadline();
        long nowWithin = 0;
        var slow = new RecordingDeadline((_, _) =>
        {
            // Ticks come while this one still runs.
            _time.Advance(TimeSpan.FromSeconds(5));
            nowWithin = clock.Now;
        });
        clock.Schedule(slow, TimeSpan.FromSeconds(1));
        clock.Schedule(next, TimeSpan.FromSeconds(3));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(6_000, nowWithin);
        Assert.Empty(next.Fired);
        _time.Advance(Tick);
        Assert.Equal([6_100], next.Fired);
        Assert.Single(slow.Fired);
    }

    [Fact]
    public void A_deadline_that_throws_does_not_stop_the_clock()
    {
        using var clock = new CoarseClock(_time, _errors.Add);
        clock.Schedule(new RecordingDeadline((_, _) => throw new InvalidDataException()), TimeSpan.FromSeconds(1));
        var later = new RecordingDeadline();
        clock.Schedule(later, TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.IsType<InvalidDataException>(Assert.Single(_errors));
        Assert.Equal([2_000], later.Fired);
    }

    [Fact]
    public void Nothing_fires_after_disposal()
    {
        var clock = new CoarseClock(_time, _errors.Add);
        var deadline = new RecordingDeadline();
        clock.Schedule(deadline, TimeSpan.FromSeconds(1));
        clock.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(deadline.Fired);
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deadlines_do_not_run_in_the_context_of_who_made_the_clock(bool suppressed)
    {
        var local = new AsyncLocal<string> { Value = "request" };
        CoarseClock clock;
        using (AsyncFlowControl? _ = suppressed ? ExecutionContext.SuppressFlow() : null)
            clock = new CoarseClock(_time, _errors.Add);
        string? seen = "not fired";
        clock.Schedule(new RecordingDeadline((_, _) => seen = local.Value), TimeSpan.FromSeconds(1));

        // Not within a context of its own, the callback would see that of the thread that advances the time.
        var thread = new Thread(() => _time.Advance(TimeSpan.FromSeconds(2)));
        thread.UnsafeStart();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Null(seen);
        clock.Dispose();
    }

    [Fact]
    public async Task Ticks_on_the_system_clock()
    {
        using var clock = new CoarseClock(TimeProvider.System, _errors.Add);
        var fired = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = TimeProvider.System.GetTimestamp();
        clock.Schedule(new RecordingDeadline((_, now) => fired.SetResult(now)), TimeSpan.FromMilliseconds(250));
        var now = await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(now >= 250);
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(250));
        Assert.True(clock.Now >= 250);
    }
}
