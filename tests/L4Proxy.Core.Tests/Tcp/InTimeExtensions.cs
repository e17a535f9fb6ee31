using System.Runtime.CompilerServices;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>No test waits for ever, and one that waited says for what.</summary>
internal static class InTimeExtensions
{
    public static async Task InTime(this Task task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        try
        {
            await task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not within {TestPeer.Patience}: {what}");
        }
    }

    public static async Task<T> InTime<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await ((Task)task).InTime(what);
        return await task;
    }

    public static Task<T> InTime<T>(this ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string? what = null) => task.AsTask().InTime(what);

    public static Task InTime(this ValueTask task, [CallerArgumentExpression(nameof(task))] string? what = null) => task.AsTask().InTime(what);
}
