namespace L4Proxy.Configuration;

/// <summary>A rate of new connections.</summary>
public sealed record L4ConnectionRate
{
    /// <summary>Connections per window.</summary>
    public int? Permits { get; init; }

    /// <summary>The window.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Connections that may come at once.</summary>
    public int? Burst { get; init; }

    /// <summary>Whether each client address has a rate of its own.</summary>
    public bool? PerClient { get; init; }
}
