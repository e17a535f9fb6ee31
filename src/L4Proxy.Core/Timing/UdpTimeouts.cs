using L4Proxy.Configuration;

namespace L4Proxy.Timing;

/// <summary>A route's timeouts for flows, in milliseconds, with the cluster's and the defaults filled in.</summary>
internal sealed record UdpTimeouts(long Idle, long MaxLifetime)
{
    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The route's value, else the cluster's, else the default.</summary>
    public static UdpTimeouts From(L4Timeouts? route, L4Timeouts? cluster) => new(
        OrNever(route?.Idle ?? cluster?.Idle ?? L4Timeouts.Keys.UdpIdle), OrNever(L4Timeouts.Keys.MaxLifetime.Of(route, cluster)));

    private static long OrNever(TimeSpan time) => time == TimeSpan.Zero ? Never : (long)Math.Ceiling(time.TotalMilliseconds);
}
