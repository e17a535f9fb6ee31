namespace L4Proxy.Configuration;

/// <summary>How it is found out which destinations work, as in YARP.</summary>
public sealed record L4HealthCheck
{
    /// <summary>Probes. Off unless turned on.</summary>
    public L4ActiveHealthCheck? Active { get; init; }

    /// <summary>Watching real connections. On unless turned off.</summary>
    public L4PassiveHealthCheck? Passive { get; init; }
}
