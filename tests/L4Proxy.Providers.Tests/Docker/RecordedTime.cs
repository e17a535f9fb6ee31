using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>A clock that moves when it is told to, and says who waits for how long.</summary>
internal sealed class RecordedTime : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _timers.Add(dueTime);
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return timer;
    }

    /// <summary>Waits until somebody waits for so long, and takes note of it no more.</summary>
    public async Task<TimeSpan> WaitedForAsync(TimeSpan least, TimeSpan most, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_timers.FindIndex(due => due >= least && due <= most) is >= 0 and var found)
                {
                    var due = _timers[found];
                    _timers.RemoveRange(0, found + 1);
                    return due;
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        }
    }

    public Task WaitedForAsync(TimeSpan due, CancellationToken cancellation) => WaitedForAsync(due, due, cancellation);
}
