namespace L4Proxy.Core.Tests.House;

/// <summary>What code allocates each time it runs.</summary>
internal static class Allocated
{
    /// <summary>
    /// Bytes, on this thread, of the cheapest of three runs: what the runtime allocates once (for a lock that was waited for, or
    /// code that is compiled anew) is not the code's.
    /// </summary>
    public static long EachTimeBy(Action work)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
