namespace L4Proxy.Configuration;

/// <summary>How destinations are watched.</summary>
public sealed record L4HealthCheck
{
    /// <summary>Probes.</summary>
    public L4ActiveHealthCheck? Active { get; init; }

    /// <summary>Watching real connections.</summary>
    public L4PassiveHealthCheck? Passive { get; init; }
}
