namespace L4Proxy.Providers.Docker;

/// <summary>The stream of an Engine's events, as bursts: one change makes many, and a Compose project that starts makes hundreds.</summary>
internal sealed class DockerEvents(Stream stream, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Task<int>? _read;

    /// <summary>Waits until a burst of events is over.</summary>
    /// <param name="most">How long at the most.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False where there was none in that time.</returns>
    /// <exception cref="EndOfStreamException">The Engine ended the stream.</exception>
    public async Task<bool> NextBurstAsync(TimeSpan most, CancellationToken cancellation)
    {
        if (!await NextAsync(most, cancellation))
            return false;
        var began = time.GetTimestamp();
        while (true)
        {
            var left = DockerEngine.LongestBurst - time.GetElapsedTime(began);
            if (!await NextAsync(left < DockerEngine.Quiet ? left : DockerEngine.Quiet, cancellation))
                return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await stream.DisposeAsync();
        // It has failed, or does not matter any more.
        _ = _read?.ContinueWith(static read => read.Exception, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task<bool> NextAsync(TimeSpan most, CancellationToken cancellation)
    {
        if (most <= TimeSpan.Zero)
            return false;
        _read ??= stream.ReadAsync(_buffer, _stop.Token).AsTask();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = await Task.WhenAny(_read, Task.Delay(most, time, waiting.Token));
        await waiting.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        if (first != _read)
            return false;
        var read = await _read;
        _read = null;
        return read > 0 ? true : throw new EndOfStreamException("The Docker Engine ended its stream of events.");
    }
}
