using L4Proxy.Diagnostics;

namespace L4Proxy.Timing;

/// <summary>
/// Calls something again and again on a thread of its own. A timer would wake a worker of the thread pool each time, and those
/// spin before they sleep: a hundredth of the processor on a busy proxy whose connections are elsewhere.
/// </summary>
internal sealed class TickThread : IDisposable
{
    private readonly ManualResetEvent _stop = new(initialState: false);

    /// <summary>Starts.</summary>
    /// <param name="tick">Must not throw.</param>
    /// <param name="period">From the end of one call to the next.</param>
    public TickThread(Action tick, TimeSpan period)
    {
        var thread = new Thread(() =>
        {
            LogQueue.UseHere();
            while (!_stop.WaitOne(period))
                tick();
        }) { Name = "L4Proxy clock", IsBackground = true };
        thread.UnsafeStart();
    }

    /// <summary>Ends it, soon: nothing is called any more, except what is being called now.</summary>
    public void Dispose() => _stop.Set(); // Not disposed: the thread may not have seen it yet.
}
