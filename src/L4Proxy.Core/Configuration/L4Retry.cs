namespace L4Proxy.Configuration;

/// <summary>How often dialling is tried.</summary>
public sealed record L4Retry
{
    /// <summary>Attempts in all. Null: 3.</summary>
    public int? MaxAttempts { get; init; }
}
