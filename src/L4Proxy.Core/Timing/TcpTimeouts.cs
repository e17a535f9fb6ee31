using L4Proxy.Configuration;

namespace L4Proxy.Timing;

/// <summary>A route's timeouts in milliseconds, with the cluster's and the defaults filled in.</summary>
internal sealed record TcpTimeouts(long Connect, long Idle, long HalfClosed, long MaxLifetime, long TlsHandshake)
{
    /// <summary>No such limit.</summary>
    public const long Off = 0;

    /// <summary>The route's value, else the cluster's, else the default.</summary>
    public static TcpTimeouts From(L4Timeouts? route, L4Timeouts? cluster) => new(
        Milliseconds(L4Timeouts.Keys.Connect.Of(route, cluster)),
        Milliseconds(L4Timeouts.Keys.Idle.Of(route, cluster)),
        Milliseconds(L4Timeouts.Keys.HalfClosed.Of(route, cluster)),
        Milliseconds(L4Timeouts.Keys.MaxLifetime.Of(route, cluster)),
        Milliseconds(L4Timeouts.Keys.TlsHandshake.Of(route, cluster)));

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);
}
