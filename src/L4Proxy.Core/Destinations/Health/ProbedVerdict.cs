using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Destinations.Health;

/// <summary>What holds of a destination from one answer to the next. Immutable: who picks reads it whole.</summary>
internal sealed record ProbedVerdict
{
    /// <summary>What holds where nothing was heard.</summary>
    public static ProbedVerdict Good { get; } = new();

    /// <summary>Whether it does not work.</summary>
    public bool IsDown { get; init; }

    /// <inheritdoc cref="ProbedStatus.Draining"/>
    public bool IsDraining { get; init; }

    /// <inheritdoc cref="ProbedStatus.Maintenance"/>
    public bool IsInMaintenance { get; init; }

    /// <summary>The part of its weight that it has, 0 to 256.</summary>
    public int WeightPercent { get; init; } = 100;

    /// <summary>Connections that it says it can have; null where it says none.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Why it is not up. Bounded, on one line.</summary>
    public string? Reason { get; init; }

    /// <summary>All of it in a word.</summary>
    public ProbedStatus Status => IsInMaintenance ? ProbedStatus.Maintenance
        : IsDown ? ProbedStatus.Down
        : IsDraining || WeightPercent == 0 ? ProbedStatus.Draining
        : ProbedStatus.Up;

    /// <summary>What holds after an agent's answer: what that does not mention stays, but for <see cref="MaxConnections"/>.</summary>
    public ProbedVerdict After(AgentAnswer answer)
    {
        var next = this with
        {
            IsDown = answer.IsUp is { } isUp ? !isUp : IsDown,
            IsDraining = answer.IsDraining ?? IsDraining,
            IsInMaintenance = answer.IsInMaintenance ?? IsInMaintenance,
            WeightPercent = answer.WeightPercent ?? WeightPercent,
            MaxConnections = answer.MaxConnections,
        };
        var reason = answer.Reason.Length > 0 ? answer.Reason : Reason;
        return next with { Reason = next.Status == ProbedStatus.Up ? null : reason ?? "its agent gives it no weight" };
    }
}
