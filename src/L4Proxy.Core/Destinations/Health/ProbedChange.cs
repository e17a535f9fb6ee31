namespace L4Proxy.Destinations.Health;

/// <summary>What an answer has changed.</summary>
internal readonly record struct ProbedChange(ProbedStatus From, ProbedStatus To)
{
    /// <summary>Whether it was one of those that serve nobody and no longer is.</summary>
    public bool IsReturn => IsOut(From) && !IsOut(To);

    /// <summary>Whether it was none of those that serve nobody and now is.</summary>
    public bool IsLoss => !IsOut(From) && IsOut(To);

    private static bool IsOut(ProbedStatus status) => status is ProbedStatus.Down or ProbedStatus.Maintenance;
}
