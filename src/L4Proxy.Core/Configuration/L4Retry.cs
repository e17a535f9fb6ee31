namespace L4Proxy.Configuration;

/// <summary>What happens when a destination cannot be reached. Nothing is tried again once a byte of the client was sent.</summary>
public sealed record L4Retry
{
    /// <summary>
    /// Attempts in all, each on another destination where there is one. UDP: destinations that a flow is given, where one refuses (ICMP)
    /// what the client sent first.
    /// </summary>
    /// <value>Attempts, 1 (no retry) to 100. Default: 3.</value>
    public int? MaxAttempts { get; init; }
}
