using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>
/// The log lines of threads that many connections share, in their order. A logging provider may take its time (a console that
/// nobody reads, a full disk), and with it would stand still whatever else is on that thread; so another thread writes them. The
/// queue has an end: what finds it full is dropped, and how much that was is said.
/// </summary>
internal sealed class LogQueue : IDisposable
{
    private const int Capacity = 4096;

    // So long an end waits for a provider.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static bool t_isUsed;

    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly ILogger<LogQueue> _log;
    private readonly Task _writing;
    private long _dropped;

    /// <summary>Starts.</summary>
    public LogQueue(ILogger<LogQueue> log)
    {
        _log = log;
        using var _ = ExecutionContext.SuppressFlow();
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Whether this thread leaves its lines to a queue.</summary>
    public static bool IsUsedHere => t_isUsed;

    /// <summary>From now on this thread leaves its lines to a queue.</summary>
    public static void UseHere() => t_isUsed = true;

    /// <summary>Leaves a line. Never waits.</summary>
    public void Add(LogLine line)
    {
        if (!_lines.Writer.TryWrite(line))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Completes when all that was left until now is written, or after two seconds.</summary>
    public async Task FlushAsync()
    {
        await MarkAsync().WaitAsync(s_patience, TimeProvider.System).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Writes what is left, for two seconds at the most.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.Wait(s_patience);
    }

    private async Task MarkAsync()
    {
        var mark = new Mark();
        await _lines.Writer.WriteAsync(mark);
        await mark.Reached;
    }

    private async Task WriteAllAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                TryWrite(() => _log.LinesDropped(dropped));
            TryWrite(line.Write);
        }
    }

    /// <summary>Of a provider that fails there is nobody to tell.</summary>
    private static bool TryWrite(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private sealed class Mark : LogLine
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public override void Write() => _reached.SetResult();
    }
}
