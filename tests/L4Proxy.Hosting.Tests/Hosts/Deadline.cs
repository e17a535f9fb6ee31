using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>No test waits for ever.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    public static async Task<T> InTime<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await ((Task)task).InTime(what);
        return await task;
    }

    public static async Task InTime(this Task task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        try
        {
            await task.WaitAsync(Time, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not within {Time}: {what}");
        }
    }

    public static Task<T> InTime<T>(this ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string? what = null) => task.AsTask().InTime(what);

    /// <summary>Waits until <paramref name="condition"/> holds; for what gives no signal.</summary>
    public static async Task Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            Assert.True(Stopwatch.GetElapsedTime(begun) < Time, $"Not within {Time}: {what}");
        }
    }
}
