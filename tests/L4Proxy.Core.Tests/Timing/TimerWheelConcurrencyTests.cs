using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Timing;

public class TimerWheelConcurrencyTests
{
    private const int Workers = 3;
    private const int Rounds = 60_000;

    private long _now;

    [Fact]
    public async Task Each_arming_ends_in_exactly_one_of_firing_and_cancelling()
    {
        var errors = new List<Exception>();
        var wheel = new TimerWheel(errors.Add);
        var workers = Enumerable.Range(0, Workers)
            .Select(seed => Task.Factory.StartNew(
                () => ArmAndCancel(wheel, seed), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        var all = Task.WhenAll(workers);
        while (!all.IsCompleted && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _now, _now + 100);
            wheel.Advance(_now);
        }

        var deadlines = (await all).SelectMany(worker => worker).ToArray();
        Assert.Empty(errors);
        Assert.All(deadlines, deadline => Assert.Equal(deadline.Armed, deadline.Fired + deadline.Cancelled));
        Assert.True(deadlines.Sum(deadline => deadline.Fired) > 1_000, "hardly any fired");
        Assert.True(deadlines.Sum(deadline => deadline.Cancelled) > 1_000, "hardly any was cancelled");
    }

    private SharedDeadline[] ArmAndCancel(TimerWheel wheel, int seed)
    {
        var random = new Random(seed);
        var deadlines = Enumerable.Range(0, 64).Select(_ => new SharedDeadline()).ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            var deadline = deadlines[random.Next(deadlines.Length)];

            // Only one that is disarmed is armed, so that no arming is lost in a move.
            if (deadline.TryArm())
                wheel.Schedule(deadline, Volatile.Read(ref _now) + random.Next(20_000));
            else if (wheel.Cancel(deadline))
                deadline.Disarm();
        }

        foreach (var deadline in deadlines.Where(wheel.Cancel))
            deadline.Disarm();

        // What could not be cancelled is firing at this moment.
        Assert.True(SpinWait.SpinUntil(() => !deadlines.Any(deadline => deadline.IsArmed), TimeSpan.FromSeconds(30)));
        return deadlines;
    }

    private sealed class SharedDeadline : Deadline
    {
        private int _armed;

        public int Armed { get; private set; }

        public int Fired { get; private set; }

        public int Cancelled { get; private set; }

        public bool IsArmed => Volatile.Read(ref _armed) != 0;

        public bool TryArm()
        {
            if (Interlocked.CompareExchange(ref _armed, 1, 0) != 0)
                return false;
            Armed++;
            return true;
        }

        public void Disarm()
        {
            Cancelled++;
            Assert.Equal(1, Interlocked.Exchange(ref _armed, 0));
        }

        protected override void OnExpired(long now)
        {
            Fired++;
            if (Interlocked.Exchange(ref _armed, 0) != 1)
                throw new InvalidOperationException("fired without being armed");
        }
    }
}
