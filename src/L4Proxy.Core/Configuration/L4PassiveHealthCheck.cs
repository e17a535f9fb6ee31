namespace L4Proxy.Configuration;

/// <summary>Ejects destinations that real connections fail on, as Envoy's outlier detection.</summary>
public sealed record L4PassiveHealthCheck
{
    /// <summary>Whether real connections are watched.</summary>
    /// <value>Default: true.</value>
    public bool? Enabled { get; init; }

    /// <summary>Failed connects within <see cref="Window"/> that eject a destination, as nginx's <c>max_fails</c>.</summary>
    /// <value>Connects, 1 to 1000. Default: 3.</value>
    public int? MaxFails { get; init; }

    /// <summary>Time within which failures are counted.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 10 seconds.</value>
    public TimeSpan? Window { get; init; }

    /// <summary>How long an ejected destination gets no connections.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 30 seconds.</value>
    public TimeSpan? EjectionTime { get; init; }

    /// <summary>The share of a cluster's destinations that may be ejected at once.</summary>
    /// <value>Percent, 0 to 100. Default: 50.</value>
    public int? MaxEjectionPercent { get; init; }

    /// <summary>When fewer destinations than this are healthy, health is ignored and all are used, as Envoy's panic threshold.</summary>
    /// <value>Percent, 0 (never) to 100. Default: 0.</value>
    public int? PanicThresholdPercent { get; init; }
}
