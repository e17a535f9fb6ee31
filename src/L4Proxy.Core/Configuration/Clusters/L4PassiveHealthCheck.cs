using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Ejects destinations that real connections fail on, as Envoy's outlier detection.</summary>
public sealed record L4PassiveHealthCheck
{
    /// <summary>Whether real connections are watched.</summary>
    /// <value>Default: true.</value>
    public bool? Enabled { get; init; }

    /// <summary>
    /// Failed connects within <see cref="Window"/> that eject a destination, as nginx's <c>max_fails</c>; or so many connections in a row that it reset before it
    /// sent a byte. One that fails again before it has answered is ejected at once.
    /// </summary>
    /// <value>Connects, 1 to 1000. Default: 3.</value>
    public int? MaxFails { get; init; }

    /// <summary>Time within which failures are counted.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 10 seconds.</value>
    public TimeSpan? Window { get; init; }

    /// <summary>
    /// How long an ejected destination gets no connections while there are others: so long the first time, twice as long the second and up to ten times, as
    /// Envoy's <c>base_ejection_time</c>; each such time without another ejection takes one off.
    /// </summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 30 seconds.</value>
    public TimeSpan? EjectionTime { get; init; }

    /// <summary>The share of a cluster's destinations that may be ejected at once, rounded down: of one, none. Those beyond it only come last for some seconds each time they refuse.</summary>
    /// <value>Percent, 0 to 100. Default: 50.</value>
    public int? MaxEjectionPercent { get; init; }

    /// <summary>When a smaller share of the destinations than this is healthy (backups aside), health is ignored and all are used, as Envoy's panic threshold; probes' verdicts too.</summary>
    /// <value>Percent, 0 to 100; 0 is never. Default: 0.</value>
    public int? PanicThresholdPercent { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4PassiveHealthCheck());

        public static readonly DefaultedKey<L4PassiveHealthCheck, bool> Enabled = new(Shape, TrueOrFalse, true, r => r.Enabled, (r, v) => r with { Enabled = v });
        public static readonly DefaultedKey<L4PassiveHealthCheck, int> MaxFails = new(Shape, Whole(1, 1000), 3, r => r.MaxFails, (r, v) => r with { MaxFails = v })
            { Unit = "Connects" };
        public static readonly DefaultedKey<L4PassiveHealthCheck, TimeSpan> Window = new(Shape, Duration("00:00:00.001", "1.00:00:00"), TimeSpan.FromSeconds(10),
            r => r.Window, (r, v) => r with { Window = v });
        public static readonly DefaultedKey<L4PassiveHealthCheck, TimeSpan> EjectionTime = new(Shape, Duration("00:00:00.001", "1.00:00:00"), TimeSpan.FromSeconds(30),
            r => r.EjectionTime, (r, v) => r with { EjectionTime = v });
        public static readonly DefaultedKey<L4PassiveHealthCheck, int> MaxEjectionPercent = new(Shape, Whole(0, 100), 50,
            r => r.MaxEjectionPercent, (r, v) => r with { MaxEjectionPercent = v }) { Unit = "Percent" };
        public static readonly DefaultedKey<L4PassiveHealthCheck, int> PanicThresholdPercent = new(Shape, Whole(0, 100), 0,
            r => r.PanicThresholdPercent, (r, v) => r with { PanicThresholdPercent = v }) { Unit = "Percent", Note = "0 is never" };
    }
}
