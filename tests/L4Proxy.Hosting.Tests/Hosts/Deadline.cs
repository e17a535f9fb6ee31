namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>No test waits for ever.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Time, TestContext.Current.CancellationToken);

    public static Task InTime(this Task task) => task.WaitAsync(Time, TestContext.Current.CancellationToken);

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();

    /// <summary>Waits until <paramref name="condition"/> holds; for what gives no signal.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(Time);
        while (!condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }
}
