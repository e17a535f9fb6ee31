using L4Proxy.Core.Tests.House;
using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Timing;

public class TimerWheelTests
{
    private static readonly Action<Exception> Unexpected = exception => throw new InvalidOperationException("A deadline threw.", exception);

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(6_400)]
    [InlineData(6_401)]
    [InlineData(409_600)]
    [InlineData(600_000)]
    [InlineData(26_214_400)]
    [InlineData(86_400_000)]
    [InlineData(400_000_000_000)]
    public void Fires_at_the_first_tick_that_is_not_before_its_time(long due)
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline();
        wheel.Schedule(deadline, due);
        var tick = (due + 99) / 100 * 100;

        wheel.Advance(tick - 1);
        Assert.Empty(deadline.Fired);
        wheel.Advance(tick);
        Assert.Equal([tick], deadline.Fired);
        wheel.Advance(tick + 1_000_000);
        Assert.Single(deadline.Fired);
    }

    [Fact]
    public void A_time_already_past_fires_in_the_next_tick_and_not_at_once()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline();
        wheel.Advance(1_000);
        wheel.Schedule(deadline, 10);
        Assert.Empty(deadline.Fired);
        wheel.Advance(1_100);
        Assert.Equal([1_100], deadline.Fired);
    }

    [Fact]
    public void Never_means_never()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline();
        wheel.Schedule(deadline, long.MaxValue);
        wheel.Advance(TimeSpan.MillisecondsPerDay * 365_000);
        Assert.Empty(deadline.Fired);
        Assert.True(wheel.Cancel(deadline));
    }

    [Fact]
    public void Scheduling_again_moves_it()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline();
        wheel.Schedule(deadline, 500);
        wheel.Schedule(deadline, 90_000);
        wheel.Advance(89_999);
        Assert.Empty(deadline.Fired);
        wheel.Schedule(deadline, 90_200);
        wheel.Advance(90_300);
        Assert.Equal([90_300], deadline.Fired);
    }

    [Fact]
    public void Cancelling_tells_whether_it_was_armed()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline();
        Assert.False(wheel.Cancel(deadline));
        wheel.Schedule(deadline, 500);
        Assert.True(wheel.Cancel(deadline));
        Assert.False(wheel.Cancel(deadline));
        wheel.Advance(1_000);
        Assert.Empty(deadline.Fired);

        wheel.Schedule(deadline, 1_500);
        wheel.Advance(2_000);
        Assert.False(wheel.Cancel(deadline));
        Assert.Single(deadline.Fired);
    }

    [Fact]
    public void One_that_expires_can_cancel_another_that_expires_with_it()
    {
        var wheel = new TimerWheel(Unexpected);
        var second = new RecordingDeadline();
        var first = new RecordingDeadline((_, _) => Assert.True(wheel.Cancel(second)));
        wheel.Schedule(first, 500);
        wheel.Schedule(second, 500);
        wheel.Advance(1_000);
        Assert.Single(first.Fired);
        Assert.Empty(second.Fired);
    }

    [Fact]
    public void One_that_arms_itself_for_a_past_time_does_not_hold_up_the_clock()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline((self, _) => wheel.Schedule(self, 0));
        wheel.Schedule(deadline, 0);
        wheel.Advance(100);
        wheel.Advance(150);
        wheel.Advance(200);
        Assert.Equal([100, 200], deadline.Fired);
    }

    [Fact]
    public void An_idle_timeout_arms_itself_for_what_is_left()
    {
        const long idle = 10_000;
        var wheel = new TimerWheel(Unexpected);
        long lastActivity = 0, ended = 0;
        var deadline = new RecordingDeadline((self, now) =>
        {
            if (now - lastActivity >= idle)
                ended = now;
            else
                wheel.Schedule(self, lastActivity + idle);
        });
        wheel.Schedule(deadline, idle);
        for (long now = 100; now <= 60_000; now += 100)
        {
            if (now <= 35_050)
                lastActivity = now;
            wheel.Advance(now);
        }

        Assert.Equal(45_000, ended);
        Assert.Equal(5, deadline.Fired.Count);
    }

    [Fact]
    public void What_one_throws_is_reported_and_the_others_fire()
    {
        var errors = new List<Exception>();
        var wheel = new TimerWheel(errors.Add);
        var failure = new InvalidDataException();
        var others = Enumerable.Range(0, 100).Select(_ => new RecordingDeadline()).ToArray();
        for (var i = 0; i < others.Length; i++)
        {
            wheel.Schedule(others[i], 500);
            wheel.Schedule(new RecordingDeadline((_, _) => throw failure), 500);
        }

        wheel.Advance(500);
        Assert.All(others, other => Assert.Equal([500], other.Fired));
        Assert.Equal(100, errors.Count);
        Assert.All(errors, error => Assert.Same(failure, error));
    }

    [Fact]
    public void A_jump_fires_everything_due_in_the_order_of_time()
    {
        var wheel = new TimerWheel(Unexpected);
        var order = new List<long>();
        var random = new Random(7);
        var dues = Enumerable.Range(0, 10_000).Select(_ => random.NextInt64(TimeSpan.MillisecondsPerDay * 30)).ToArray();
        foreach (var due in dues)
            wheel.Schedule(new RecordingDeadline((_, _) => order.Add((due + 99) / 100)), due);

        wheel.Advance(TimeSpan.MillisecondsPerDay * 365 * 20);
        Assert.Equal(dues.Select(due => (due + 99) / 100).Order(), order);
    }

    [Fact]
    public void A_clock_that_does_not_move_or_goes_back_fires_nothing()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadline = new RecordingDeadline();
        wheel.Advance(10_000);
        wheel.Schedule(deadline, 10_050);
        wheel.Advance(10_000);
        wheel.Advance(10_099);
        wheel.Advance(500);
        Assert.Empty(deadline.Fired);
        wheel.Advance(10_100);
        Assert.Single(deadline.Fired);
    }

    [Fact]
    public void Arming_moving_cancelling_and_firing_allocate_nothing()
    {
        var wheel = new TimerWheel(Unexpected);
        var deadlines = Enumerable.Range(0, 1_000).Select(_ => new CountingDeadline()).ToArray();
        long now = 0;
        Assert.Equal(0, Allocated.By(Round, times: 20));
        Assert.Equal(60 * 500, deadlines.Sum(deadline => deadline.Fired));

        void Round()
        {
            for (var i = 0; i < deadlines.Length; i++)
            {
                wheel.Schedule(deadlines[i], now + (i * 37));
                wheel.Schedule(deadlines[i], now + (i * 91));
                if (i % 2 == 0)
                    wheel.Cancel(deadlines[i]);
            }

            for (var end = now + 100_000; now < end;)
                wheel.Advance(now += 100);
        }
    }

    private sealed class CountingDeadline : Deadline
    {
        public int Fired { get; private set; }

        protected override void OnExpired(long now) => Fired++;
    }
}
