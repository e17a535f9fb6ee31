using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// Probes of a cluster's destinations. The first is sent at once and decides alone, the following ones are spread a little in time. Until it has been answered a
/// destination is taken to work.
/// </summary>
public sealed record L4ActiveHealthCheck
{
    /// <summary>Whether destinations are probed.</summary>
    /// <value>Default: false.</value>
    public bool? Enabled { get; init; }

    /// <summary>What a probe does.</summary>
    /// <value><c>Tcp</c>, <c>Tls</c>, <c>Http</c>, <c>Udp</c> or <c>Agent</c>. Default: <c>Tcp</c>.</value>
    public L4HealthCheckType? Type { get; init; }

    /// <summary>Time from one probe of a destination to the next, and up to a tenth more or less. There is never more than one at once.</summary>
    /// <value>Duration, 100 milliseconds to 1 day. Default: 10 seconds.</value>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take, from the look-up of the name to the last byte expected, before it counts as failed.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 3 seconds.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Successes in a row that make a destination healthy, as HAProxy's <c>rise</c>.</summary>
    /// <value>Probes, 1 to 100. Default: 2.</value>
    public int? Rise { get; init; }

    /// <summary>Failures in a row that make a destination unhealthy, as HAProxy's <c>fall</c>.</summary>
    /// <value>Probes, 1 to 100. Default: 3.</value>
    public int? Fall { get; init; }

    /// <summary>
    /// What a probe sends once it is connected: text in UTF-8 in which <c>\xHH</c> is a byte, and <c>\r</c>, <c>\n</c>, <c>\t</c>, <c>\0</c> and <c>\\</c>
    /// are what they usually are. For <see cref="L4HealthCheckType.Http"/> it is the path.
    /// </summary>
    /// <value>Default: nothing; for <c>Http</c> <c>/</c>, for <c>Udp</c> an empty datagram.</value>
    public string? Send { get; init; }

    /// <summary>
    /// What the answer must hold, written as <see cref="Send"/>: within the first 64 KiB, in however many pieces it comes. For <see cref="L4HealthCheckType.Http"/> the
    /// status line and the body.
    /// </summary>
    /// <value>Default: anything.</value>
    public string? Expect { get; init; }

    /// <summary>The name that a probe asks for: in TLS, as HAProxy's <c>check-sni</c>, and as the <c>Host</c> of a request.</summary>
    /// <value>Default: that of the cluster's <c>Tls</c>, else the host of the destination.</value>
    public string? ServerName { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ActiveHealthCheck());

        public static readonly DefaultedKey<L4ActiveHealthCheck, bool> Enabled = new(Shape, TrueOrFalse, false, r => r.Enabled, (r, v) => r with { Enabled = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, L4HealthCheckType> Type = new(Shape, new NameShape<L4HealthCheckType>(), L4HealthCheckType.Tcp,
            r => r.Type, (r, v) => r with { Type = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, TimeSpan> Interval = new(Shape, Duration("00:00:00.1", "1.00:00:00"), TimeSpan.FromSeconds(10),
            r => r.Interval, (r, v) => r with { Interval = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, TimeSpan> Timeout = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(3),
            r => r.Timeout, (r, v) => r with { Timeout = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, int> Rise = new(Shape, Whole(1, 100), 2, r => r.Rise, (r, v) => r with { Rise = v }) { Unit = "Probes" };
        public static readonly DefaultedKey<L4ActiveHealthCheck, int> Fall = new(Shape, Whole(1, 100), 3, r => r.Fall, (r, v) => r with { Fall = v }) { Unit = "Probes" };
        public static readonly Key<L4ActiveHealthCheck, string> Send = new(Shape, AnyText, r => r.Send, (r, v) => r with { Send = v })
            { Otherwise = "nothing; for `Http` `/`, for `Udp` an empty datagram" };
        public static readonly Key<L4ActiveHealthCheck, string> Expect = new(Shape, AnyText, r => r.Expect, (r, v) => r with { Expect = v }) { Otherwise = "anything" };
        public static readonly Key<L4ActiveHealthCheck, string> ServerName = new(Shape, AnyText, r => r.ServerName, (r, v) => r with { ServerName = v })
            { Otherwise = "that of the cluster's `Tls`, else the host of the destination" };
    }
}
