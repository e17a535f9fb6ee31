using L4Proxy.Configuration;

namespace L4Proxy.Destinations.Health;

/// <summary>What a cluster's configuration makes of failures. Times are milliseconds.</summary>
internal sealed record HealthPolicy
{
    /// <summary>Whether what real connections show is gone by.</summary>
    public required bool IsWatched { get; init; }

    public required int MaxFails { get; init; }

    public required long Window { get; init; }

    public required long EjectionTime { get; init; }

    public required int MaxEjectionPercent { get; init; }

    public required int PanicThresholdPercent { get; init; }

    /// <summary>Whether connections end whose destination is marked down.</summary>
    public required bool Cuts { get; init; }

    /// <summary>As configured.</summary>
    public static HealthPolicy From(L4HealthCheck? config) => new()
    {
        IsWatched = L4PassiveHealthCheck.Keys.Enabled.Of(config?.Passive),
        MaxFails = L4PassiveHealthCheck.Keys.MaxFails.Of(config?.Passive),
        Window = (long)L4PassiveHealthCheck.Keys.Window.Of(config?.Passive).TotalMilliseconds,
        EjectionTime = (long)L4PassiveHealthCheck.Keys.EjectionTime.Of(config?.Passive).TotalMilliseconds,
        MaxEjectionPercent = L4PassiveHealthCheck.Keys.MaxEjectionPercent.Of(config?.Passive),
        PanicThresholdPercent = L4PassiveHealthCheck.Keys.PanicThresholdPercent.Of(config?.Passive),
        Cuts = L4HealthCheck.Keys.OnMarkedDown.Of(config) == L4OnMarkedDown.Cut,
    };
}
