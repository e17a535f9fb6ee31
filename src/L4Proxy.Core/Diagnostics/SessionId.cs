namespace L4Proxy.Diagnostics;

/// <summary>Numbers the connections and flows of this process.</summary>
internal static class SessionId
{
    private static long s_last;

    public static long Next() => Interlocked.Increment(ref s_last);
}
