using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>Says every few seconds, and at the end, how many lines a limit held back: after a flood, too, when no line comes that could say so.</summary>
internal sealed class DroppedLines(TimeProvider time, ILogger<DroppedLines> log) : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<(PerSecondLimit Limit, string What)> _limits = [];
    private ITimer? _timer;

    /// <summary>A limit of lines about something.</summary>
    public PerSecondLimit Limit(int permits, string what)
    {
        var limit = new PerSecondLimit(time, permits);
        lock (_gate)
        {
            _limits.Add((limit, what));
            _timer ??= time.CreateTimer(_ => Say(), null, Every, Every);
        }

        return limit;
    }

    /// <summary>A limit that nobody is told of.</summary>
    public PerSecondLimit Unsaid(int permits) => new(time, permits);

    /// <summary>Says what was not said yet.</summary>
    public void Say()
    {
        // Who writes them may be slow: nobody waits behind it.
        if (!_gate.TryEnter())
            return;
        try
        {
            foreach (var (limit, what) in _limits)
            {
                if (limit.TakeDropped() is > 0 and var dropped)
                    log.WarningsDropped(dropped, what);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void Dispose() => _timer?.Dispose();
}
