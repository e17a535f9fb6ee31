namespace L4Proxy.Providers.Docker;

/// <summary>
/// Follows the containers of an Engine, in rounds of a minute: the stream of events is opened, all containers are listed, and listed again after each burst of events. The next round opens
/// another stream before it lists, so nothing is missed between, and of a stream that died without a word no more than a minute is lost.
/// </summary>
/// <param name="connect">Makes a connection, which fails where the Engine cannot be reached or when it is asked something.</param>
/// <param name="time">The clock.</param>
/// <param name="failed">Told of each round that failed; null where nobody is interested.</param>
internal sealed class DockerEngine(Func<IDockerConnection> connect, TimeProvider time, Action<Exception>? failed = null)
{
    /// <summary>How long a round is.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(60);

    /// <summary>How long the Engine may take to answer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long it must be quiet for a burst of events to be over, and how long a burst can be.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100), LongestBurst = TimeSpan.FromMilliseconds(500);

    /// <summary>How long is waited after the first failure, and at the most.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>The Engine that options name.</summary>
    public DockerEngine(L4DockerOptions options, TimeProvider time, Action<Exception>? failed = null)
        : this(() => DockerConnection.Create(options), time, failed)
    {
    }

    /// <summary>Follows them until it is cancelled. While the Engine cannot be reached nothing is applied: what was there stays.</summary>
    /// <param name="apply">Takes all running containers, at first, after each change, and each minute.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task FollowAsync(Func<IReadOnlyList<DockerContainer>, Task> apply, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                await FollowRoundAsync(async containers =>
                {
                    await apply(containers);
                    pause = FirstPause;
                }, cancellation);
            }
            catch (Exception e)
            {
                cancellation.ThrowIfCancellationRequested();
                failed?.Invoke(e);
                // Not all at once, where many follow one Engine.
                await Task.Delay(pause * (1 - (Random.Shared.NextDouble() / 4)), time, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task FollowRoundAsync(Func<IReadOnlyList<DockerContainer>, Task> apply, CancellationToken cancellation)
    {
        using var connection = connect();
        await using var events = new DockerEvents(await InTimeAsync(connection.OpenEventsAsync, cancellation), time);
        var began = time.GetTimestamp();
        do
            await apply(await InTimeAsync(connection.ListAsync, cancellation));
        while (await events.NextBurstAsync(Round - time.GetElapsedTime(began), cancellation));
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            // Whatever is asked may not hear that it is to stop.
            return await ask(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The Docker Engine has not answered within {AnswerTimeout.TotalSeconds} seconds.", e);
        }
    }
}
