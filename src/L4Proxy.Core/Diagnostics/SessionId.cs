namespace L4Proxy.Diagnostics;

/// <summary>Numbers the connections and flows of this process.</summary>
internal static class SessionId
{
    private static readonly string s_process = Guid.NewGuid().ToString("N");
    private static long s_last;

    public static long Next() => Interlocked.Increment(ref s_last);

    /// <summary>An id that no other process gives, nor this one after a restart: 52 characters at the most, and the id is at their end.</summary>
    public static string Everywhere(long id) => $"{s_process}-{id}";
}
