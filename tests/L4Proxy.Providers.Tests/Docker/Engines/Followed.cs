using System.Diagnostics;
using System.Threading.Channels;
using L4Proxy.Providers.Docker;

namespace L4Proxy.Providers.Tests.Docker.Engines;

/// <summary>An Engine that is followed, and the routes of its containers by and by.</summary>
internal sealed class Followed : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<L4ImportResult> _results = Channel.CreateUnbounded<L4ImportResult>();
    private readonly Channel<Exception> _failures = Channel.CreateUnbounded<Exception>();
    private readonly Task _following;

    public Followed(L4DockerOptions options, TimeProvider? time = null) =>
        _following = new DockerEngine(options, time ?? TimeProvider.System, failure => _failures.Writer.TryWrite(failure)).FollowAsync(containers =>
        {
            Latest = DockerLabels.Read(containers, options);
            _results.Writer.TryWrite(Latest);
            return Task.CompletedTask;
        }, _stop.Token);

    private readonly List<TimeSpan> _waits = [];

    /// <summary>What is in force.</summary>
    public L4ImportResult Latest { get; private set; } = DockerLabels.Read([], new());

    /// <summary>Waits until the routes are these.</summary>
    public async Task<L4ImportResult> UntilAsync(TimeSpan within, params string[] routes)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(within);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            while (!Labelled.Routes(Latest).Order().SequenceEqual(routes.Order()))
                await _results.Reader.ReadAsync(timeout.Token);
            _waits.Add(Stopwatch.GetElapsedTime(begun));
            return Latest;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Not within {within}: {string.Join("; ", routes)}. There is: {string.Join("; ", Labelled.Routes(Latest))}, and {string.Join("; ", Latest.Errors)}.");
        }
    }

    /// <summary>Within what time half of what was waited for had come.</summary>
    public TimeSpan MedianWait() => _waits.Order().ElementAt(_waits.Count / 2);

    /// <summary>Waits until it is told of a failure.</summary>
    public async Task<Exception> FailedAsync() => await _failures.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _following);
        _stop.Dispose();
    }
}
