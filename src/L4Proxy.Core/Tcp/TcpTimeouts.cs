using L4Proxy.Configuration;

namespace L4Proxy.Tcp;

/// <summary>A route's timeouts in milliseconds, with the cluster's and the defaults filled in.</summary>
internal sealed record TcpTimeouts(long Connect, long Idle, long HalfClosed, long MaxLifetime, long TlsHandshake)
{
    /// <summary>No such limit.</summary>
    public const long Off = 0;

    /// <summary>The route's value, else the cluster's, else the default.</summary>
    public static TcpTimeouts From(L4Timeouts? route, L4Timeouts? cluster) => new(
        Milliseconds(route?.Connect ?? cluster?.Connect ?? TimeSpan.FromSeconds(5)),
        Milliseconds(route?.Idle ?? cluster?.Idle ?? TimeSpan.FromMinutes(10)),
        Milliseconds(route?.HalfClosed ?? cluster?.HalfClosed ?? TimeSpan.FromMinutes(1)),
        Milliseconds(route?.MaxLifetime ?? cluster?.MaxLifetime ?? TimeSpan.Zero),
        Milliseconds(route?.TlsHandshake ?? cluster?.TlsHandshake ?? TimeSpan.FromSeconds(10)));

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);
}
