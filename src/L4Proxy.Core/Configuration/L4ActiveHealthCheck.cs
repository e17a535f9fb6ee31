namespace L4Proxy.Configuration;

/// <summary>Probes of a cluster's destinations. The first is sent at once, the following ones are spread a little in time.</summary>
public sealed record L4ActiveHealthCheck
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
}
