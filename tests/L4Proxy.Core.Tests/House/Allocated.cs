namespace L4Proxy.Core.Tests.House;

/// <summary>What code allocates.</summary>
internal static class Allocated
{
    /// <summary>
    /// Bytes, on this thread, of the cheapest of three runs: what the runtime allocates once (for a lock that was waited for, or
    /// code that is compiled anew) is not the code's.
    /// </summary>
    /// <param name="work">What is called.</param>
    /// <param name="times">How often in a run.</param>
    public static long By(Action work, int times = 1)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
                work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
