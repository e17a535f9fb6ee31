namespace L4Proxy.Configuration;

/// <summary>Watching real connections.</summary>
public sealed record L4PassiveHealthCheck
{
    /// <summary>Null: true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Null: 3.</summary>
    public int? MaxFails { get; init; }

    /// <summary>Null: 10 seconds.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Null: 30 seconds.</summary>
    public TimeSpan? EjectionTime { get; init; }

    /// <summary>Null: 50.</summary>
    public int? MaxEjectionPercent { get; init; }

    /// <summary>Null: 0.</summary>
    public int? PanicThresholdPercent { get; init; }
}
