using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Timing;

/// <summary>Time that passes in steps.</summary>
internal static class FakeTime
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(250);

    /// <summary>A timer that is set anew whenever it fires would fire but once in a single step.</summary>
    public static void Pass(this FakeTimeProvider time, TimeSpan by)
    {
        for (var end = time.GetUtcNow() + by; time.GetUtcNow() < end;)
            time.Advance(TimeSpan.FromTicks(Math.Min(s_step.Ticks, (end - time.GetUtcNow()).Ticks)));
    }
}
