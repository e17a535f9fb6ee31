namespace L4Proxy.Core.Tests.Timing;

public class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Elapsed_time_and_date_agree()
    {
        var start = _time.GetTimestamp();
        var date = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromTicks(12_345_678_901));
        Assert.Equal(TimeSpan.FromTicks(12_345_678_901), _time.GetElapsedTime(start));
        Assert.Equal(TimeSpan.FromTicks(12_345_678_901), _time.GetUtcNow() - date);
    }

    [Fact]
    public void Timers_fire_in_order_each_at_its_time()
    {
        var fired = new List<string>();
        using var slow = Timer("slow", 3, 0);
        using var periodic = Timer("periodic", 1, 2);
        using var other = Timer("other", 3, 0);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["periodic 1", "slow 3", "other 3", "periodic 3", "periodic 5"], fired);
        Assert.Equal(1, _time.ActiveTimers);

        ITimer Timer(string name, int due, int period) => _time.CreateTimer(
            _ => fired.Add($"{name} {_time.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(due), TimeSpan.FromSeconds(period));
    }

    [Fact]
    public void A_jump_fires_a_periodic_timer_once()
    {
        var fired = 0;
        using var timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _time.Jump(TimeSpan.FromSeconds(100));
        Assert.Equal(1, fired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, fired);
    }

    [Fact]
    public void Changed_and_disposed_timers_keep_to_it()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, fired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, fired);
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_framework_follow_it()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _time, TestContext.Current.CancellationToken);
        var never = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromMinutes(2), _time, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.False(never.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<TimeoutException>(() => never);
    }
}
