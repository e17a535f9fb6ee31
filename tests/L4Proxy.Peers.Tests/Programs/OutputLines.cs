namespace L4Proxy.Peers.Tests.Programs;

/// <summary>The lines a program has written so far, and a way to wait for one.</summary>
internal sealed class OutputLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _ended;

    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _changed.TrySetResult();
        }
    }

    /// <summary>Waits until <paramref name="count"/> lines contain <paramref name="text"/>, those already there included.</summary>
    /// <returns>The last of them.</returns>
    public async Task<string> WaitForAsync(string text, TimeSpan deadline, CancellationToken cancellation, int count = 1)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(deadline);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var found = _lines.Where(line => line.Contains(text, StringComparison.Ordinal)).Take(count).ToList();
                if (found.Count == count)
                    return found[^1];
                if (_ended)
                    throw new EndOfStreamException($"The program ended before it said '{text}' {count} times. It said:\n{Text}");
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"Not said {count} times within {deadline}: '{text}'. Said so far:\n{Text}");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
