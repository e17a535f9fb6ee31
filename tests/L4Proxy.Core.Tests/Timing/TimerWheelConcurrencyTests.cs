using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Timing;

public class TimerWheelConcurrencyTests
{
    private const int Workers = 3;
    private const int OfEach = 3_000;

    private readonly List<Exception> _errors = [];
    private readonly TimerWheel _wheel;
    private long _now;

    public TimerWheelConcurrencyTests() => _wheel = new TimerWheel(_errors.Add);

    [Fact(Timeout = 120_000)]
    public async Task Each_arming_ends_in_exactly_one_of_firing_and_cancelling()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var workers = Task.WhenAll(Enumerable.Range(0, Workers).Select(seed => Task.Factory.StartNew(
            () => ArmAndCancel(seed, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        while (!workers.IsCompleted)
        {
            Volatile.Write(ref _now, _now + 100);
            _wheel.Advance(_now);
            await Task.Yield();
        }

        var deadlines = (await workers).SelectMany(worker => worker).ToArray();
        Assert.Empty(_errors);
        Assert.All(deadlines, deadline => Assert.Equal(deadline.Armed, deadline.Fired + deadline.Cancelled));
    }

    /// <summary>Goes on until enough of its deadlines have ended either way.</summary>
    private SharedDeadline[] ArmAndCancel(int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var deadlines = Enumerable.Range(0, 64).Select(_ => new SharedDeadline()).ToArray();
        while (deadlines.Sum(deadline => deadline.Fired) < OfEach || deadlines.Sum(deadline => deadline.Cancelled) < OfEach)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < 100; i++)
                ArmOrCancel(deadlines[random.Next(deadlines.Length)], random);
        }

        foreach (var deadline in deadlines.Where(_wheel.Cancel))
            deadline.Disarm();

        // What could not be cancelled is firing at this moment.
        Assert.True(SpinWait.SpinUntil(() => !deadlines.Any(deadline => deadline.IsArmed), TimeSpan.FromSeconds(30)));
        return deadlines;
    }

    private void ArmOrCancel(SharedDeadline deadline, Random random)
    {
        // Only one that is disarmed is armed, so that no arming is lost in a move.
        if (deadline.TryArm())
            _wheel.Schedule(deadline, Volatile.Read(ref _now) + random.Next(20_000));
        else if (random.Next(4) == 0 && _wheel.Cancel(deadline))
            deadline.Disarm();
    }

    private sealed class SharedDeadline : Deadline
    {
        private int _armed;
        private int _fired;

        public int Armed { get; private set; }

        public int Cancelled { get; private set; }

        public int Fired => Volatile.Read(ref _fired);

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
            Interlocked.Increment(ref _fired);
            if (Interlocked.Exchange(ref _armed, 0) != 1)
                throw new InvalidOperationException("fired without being armed");
        }
    }
}
