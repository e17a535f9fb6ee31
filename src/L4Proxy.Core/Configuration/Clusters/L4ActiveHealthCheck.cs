using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Probes of a cluster's destinations. The first is sent at once, the following ones are spread a little in time.</summary>
internal sealed record L4ActiveHealthCheck
{
    /// <summary>Whether destinations are probed.</summary>
    /// <value>Default: false.</value>
    public bool? Enabled { get; init; }

    /// <summary>What a probe does.</summary>
    /// <value><c>Tcp</c> (connect), <c>Tls</c> (connect and shake hands), <c>Http</c> or <c>Udp</c>. Default: <c>Tcp</c>.</value>
    public string? Type { get; init; }

    /// <summary>Time from one probe of a destination to the next.</summary>
    /// <value>Duration, 100 milliseconds to 1 day. Default: 10 seconds.</value>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take before it counts as failed.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 3 seconds.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Successes in a row that make a destination healthy, as HAProxy's <c>rise</c>.</summary>
    /// <value>Probes, 1 to 100. Default: 2.</value>
    public int? Rise { get; init; }

    /// <summary>Failures in a row that make a destination unhealthy, as HAProxy's <c>fall</c>.</summary>
    /// <value>Probes, 1 to 100. Default: 3.</value>
    public int? Fall { get; init; }

    /// <summary>What a probe sends once it is connected: text, or for <c>Http</c> the path.</summary>
    /// <value>Default: nothing.</value>
    public string? Send { get; init; }

    /// <summary>What the answer must hold.</summary>
    /// <value>Default: anything.</value>
    public string? Expect { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ActiveHealthCheck());

        public static readonly DefaultedKey<L4ActiveHealthCheck, bool> Enabled = new(Shape, TrueOrFalse, false, r => r.Enabled, (r, v) => r with { Enabled = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, string> Type = new(Shape, AnyText, "Tcp", r => r.Type, (r, v) => r with { Type = v })
            { Note = "`Tcp` (connect), `Tls` (connect and shake hands), `Http` or `Udp`" };
        public static readonly DefaultedKey<L4ActiveHealthCheck, TimeSpan> Interval = new(Shape, Duration("00:00:00.1", "1.00:00:00"), TimeSpan.FromSeconds(10),
            r => r.Interval, (r, v) => r with { Interval = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, TimeSpan> Timeout = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(3),
            r => r.Timeout, (r, v) => r with { Timeout = v });
        public static readonly DefaultedKey<L4ActiveHealthCheck, int> Rise = new(Shape, Whole(1, 100), 2, r => r.Rise, (r, v) => r with { Rise = v }) { Unit = "Probes" };
        public static readonly DefaultedKey<L4ActiveHealthCheck, int> Fall = new(Shape, Whole(1, 100), 3, r => r.Fall, (r, v) => r with { Fall = v }) { Unit = "Probes" };
        public static readonly Key<L4ActiveHealthCheck, string> Send = new(Shape, AnyText, r => r.Send, (r, v) => r with { Send = v }) { Otherwise = "nothing" };
        public static readonly Key<L4ActiveHealthCheck, string> Expect = new(Shape, AnyText, r => r.Expect, (r, v) => r with { Expect = v }) { Otherwise = "anything" };
    }
}
